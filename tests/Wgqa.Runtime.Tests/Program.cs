using Wgqa.Runtime.Tests.Training;
using Wgqa.Runtime.Tests.Training.Distributed;

namespace Wgqa.Runtime.Tests;

/// <summary>
/// What the test assembly does when it is started as a program: be the process that a test kills, one of several that train together, or run the tests that run on any
/// device (<c>WGQA_TEST_DEVICE=cuda Wgqa.Runtime.Tests device</c>).
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments) => arguments switch
    {
        ["train", var folder] => KilledRunTests.Train(folder),
        ["shared", var folder, .. var run] => SharedRun.Take(folder, run),
        ["exchange"] => SharedRun.Exchange(),
        ["device"] => InProcessRun.OnTestDevice(),
        _ => 1,
    };
}
