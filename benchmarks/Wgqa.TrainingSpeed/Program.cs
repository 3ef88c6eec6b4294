// What a training step's parts cost beside what they replace, in one process and alternating, so that only ratios count.
//
//   dotnet run -c Release --project benchmarks/Wgqa.TrainingSpeed -- PART [ROUNDS]
//
// optimizer:  norm of the gradients and one update of T5-small's parameters, by our flat AdamW and by TorchSharp's
// operations: a model's operations in float32 and bfloat16, milliseconds
// step:       one precision's T5-small training step, for a profiler: float32 or bfloat16, batch, source, target, dropout
// precision:  T5-small's training step and greedy decoding in float32 and bfloat16, milliseconds
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
    case "step":
        PrecisionSpeed.RepeatStep(rounds, Enum.Parse<Precision>(args[2], ignoreCase: true), int.Parse(args[3]), int.Parse(args[4]), int.Parse(args[5]), args.Length > 6 ? double.Parse(args[6]) : 0);
        break;
    case "operations":
        PrecisionSpeed.MeasureOperations(rounds);
        break;
    case "precision":
        PrecisionSpeed.MeasureSteps(rounds, 8, 128, 32, 0);
        PrecisionSpeed.MeasureSteps(rounds, 8, 128, 32, 0.1);
        PrecisionSpeed.MeasureDecoding(rounds, 1, 512, 32);
        PrecisionSpeed.MeasureDecoding(rounds, 8, 512, 32);
        break;
    default:
        throw new UserException("expected optimizer, operations, step or precision, and perhaps the number of rounds");
}
