using Wgqa.Runtime.Tests.Training;

namespace Wgqa.Runtime.Tests;

/// <summary>What the test assembly does when it is started as a program: be the process that a test kills.</summary>
internal static class Program
{
    private static int Main(string[] arguments) => arguments is ["train", var folder] ? KilledRunTests.Train(folder) : 1;
}
