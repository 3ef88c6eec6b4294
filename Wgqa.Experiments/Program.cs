using System.CommandLine;
using System.CommandLine.Help;
using System.Runtime.InteropServices;
using Wgqa.Experiments.Commands;
using Wgqa.Experiments.Processes;

// One sentence and exit code 2 for what the user can put right; a stack trace only for whoever asks with WGQA_DEBUG=1.
// By the name of the script that starts it: a RootCommand would call itself by the name of this file.
var app = new Command("wgqa", "Declare a key/value-grouping variant, convert a pretrained T5 to it, fine-tune, evaluate, fold.")
{
    DemoCommand.Create(),
    VariantsCommand.Create(),
    ExplainCommand.Create(),
    PretrainCommand.Create(),
    UptrainCommand.Create(),
    FinetuneCommand.Create(),
    EvaluateCommand.Create(),
    GenerateCommand.Create(),
    ConvertCommand.Create(),
    FoldCommand.Create(),
    TableCommand.Create(),
    ReportCommand.Create(),
    RecipesCommand.Create(),
    ScoreCommand.Create(),
    TokenizeCommand.Create(),
    LogitsCommand.Create(),
    BenchCommand.Create(),
    new HelpOption { Recursive = true },
    new VersionOption(),
};

var parsed = app.Parse(args);
if (string.Join(" ", ParseErrors.Sentences(parsed)) is { Length: > 0 } wrong)
{
    return Report(wrong);
}

try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (UserException e)
{
    return Report(e.Message, e);
}
catch (OperationCanceledException e)
{
    // A training run says how far it came and where it goes on; a token that was found cancelled says nothing.
    WorkerReport.Say(e.CancellationToken.IsCancellationRequested ? "Interrupted; what the run folder has is kept, and the same command goes on from there." : e.Message, e);
    return 130;
}
catch (TypeInitializationException e) when (e.TypeName == "TorchSharp.torch")
{
    return Report("TorchSharp does not find a libtorch that loads on this machine; ./wgqa setup --torch local takes the distribution's.", e);
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or ExternalException or OutOfMemoryException)
{
    return Report(e.Message, e);
}
catch (Exception e)
{
    Report($"{e.GetType().Name}: {e.Message} This is a defect of the app, not of its input; WGQA_DEBUG=1 shows where it happened.", e);
    return 70;
}

static int Report(string message, Exception? cause = null)
{
    WorkerReport.Say(message, cause);
    if (cause is not null && Environment.GetEnvironmentVariable("WGQA_DEBUG") == "1")
    {
        Console.Error.WriteLine(cause);
    }

    return 2;
}
