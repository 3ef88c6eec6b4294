// What a training step's parts cost beside what they replace, in one process and alternating, so that only ratios count.
//
//   dotnet run -c Release --project benchmarks/Wgqa.TrainingSpeed -- optimizer [ROUNDS]
//
// optimizer: norm of the gradients and one update of T5-small's parameters, by our flat AdamW and by TorchSharp's.
using System.Globalization;
using Wgqa;
using Wgqa.TrainingSpeed;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var rounds = args.Length > 1 ? int.Parse(args[1]) : 7;
switch (args.FirstOrDefault())
{
    case "optimizer":
        OptimizerSpeed.Measure(rounds);
        break;
    default:
        throw new UserException("expected: optimizer [ROUNDS]");
}
