using Xunit.Abstractions;
using Xunit.Sdk;

namespace Wgqa.Runtime.Tests;

/// <summary>
/// Runs tests of this assembly in this process: what <c>dotnet test</c> does, for a machine that has the assembly and no .NET SDK.
/// The last line is "N passed, N failed, N skipped".
/// </summary>
internal sealed class InProcessRun : LongLivedMarshalByRefObject, IMessageSink, IDisposable
{
    private readonly ManualResetEventSlim _over = new();
    private readonly List<ITestCase> _cases = [];
    private int _passed;
    private int _failed;
    private int _skipped;

    /// <summary>Runs every test that runs on any device and needs nothing but libtorch, one after another.</summary>
    /// <returns>0 if none failed and there was one.</returns>
    public static int OnTestDevice()
    {
        using var run = new InProcessRun();
        using var framework = new XunitTestFramework(new NullMessageSink());
        using var executor = framework.GetExecutor(typeof(InProcessRun).Assembly.GetName());
        using var discoverer = framework.GetDiscoverer(Reflector.Wrap(typeof(InProcessRun).Assembly));
        var options = new Options();
        discoverer.Find(includeSourceInformation: false, run, options);
        run.Wait();
        executor.RunTests([.. run._cases.Where(Belongs)], run, options);
        run.Wait();
        Console.WriteLine($"{run._passed} passed, {run._failed} failed, {run._skipped} skipped");
        return run._failed == 0 && run._passed > 0 ? 0 : 1;
    }

    private static bool Belongs(ITestCase test) =>
        test.Traits.TryGetValue(TestDevice.Trait, out var devices) && (PretendCuda.Exists || devices.Contains(TestDevice.Any)) && !test.Traits.ContainsKey(TestDevice.Needs);

    /// <inheritdoc/>
    public bool OnMessage(IMessageSinkMessage message)
    {
        switch (message)
        {
            case ITestCaseDiscoveryMessage found:
                _cases.Add(found.TestCase);
                break;
            case ITestPassed:
                _passed++;
                break;
            case ITestSkipped skipped:
                _skipped++;
                Console.WriteLine($"skipped {skipped.Test.DisplayName}: {skipped.Reason}");
                break;
            case ITestFailed failed:
                Failed(failed.Test.DisplayName, failed);
                break;
            // A constructor, a fixture or a Dispose that throws belongs to no test of its own.
            case IErrorMessage error:
                Failed("outside a test", error);
                break;
            case ITestCaseCleanupFailure error:
                Failed(error.TestCase.DisplayName, error);
                break;
            case ITestClassCleanupFailure error:
                Failed(error.TestClass.Class.Name, error);
                break;
            case IDiscoveryCompleteMessage or ITestAssemblyFinished:
                _over.Set();
                break;
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _over.Dispose();

    private void Failed(string name, IFailureInformation why)
    {
        _failed++;
        Console.WriteLine($"FAILED {name}: {string.Join(" ", why.Messages)}\n{why.StackTraces.FirstOrDefault()}");
    }

    private void Wait()
    {
        _over.Wait();
        _over.Reset();
    }

    // What xunit asks: one test at a time, and otherwise its defaults.
    private sealed class Options : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        private readonly Dictionary<string, object?> _values = new() { ["xunit.execution.DisableParallelization"] = true };

        public TValue? GetValue<TValue>(string name) => _values.TryGetValue(name, out var value) ? (TValue?)value : default;

        public void SetValue<TValue>(string name, TValue value) => _values[name] = value;
    }
}
