using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Wgqa.Checkpoints;
using Wgqa.Data;
using Wgqa.Models;
using Wgqa.Training;
using Wgqa.Training.Distributed;

namespace Wgqa.Runtime.Tests.Training.Distributed;

/// <summary>A small training run that one process can do, or several: in the test's own process, or in others that are this assembly as a program.</summary>
internal sealed record SharedRun(int Batch = 8, int Accumulation = 1, double Clip = 0, double Dropout = 0, long BucketBytes = 2000, int PauseMilliseconds = 0)
{
    public const int Steps = 12;
    private const int Examples = 21;   // batches of 8, 8 and 5

    private TrainingOptions Options => new()
    {
        Steps = Steps,
        Seed = 5,
        LearningRate = 3e-3,
        LogEvery = 1,
        CheckpointEvery = 3,
        ValidateEvery = 4,
        Accumulation = Accumulation,
        ClipGradientNorm = Clip > 0 ? Clip : null,
    };

    /// <summary>A port that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>What a process of the run does.</summary>
    public static int Take(string folder, string[] run)
    {
        var numbers = run.Select(static word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        var shared = new SharedRun((int)numbers[0], (int)numbers[1], numbers[2], numbers[3], (long)numbers[4], (int)numbers[5]);
        using var interruption = new Interruption();
        try
        {
            var world = World.FromEnvironment(Environment.GetEnvironmentVariable);
            using var group = ProcessGroup.Join(world, TorchSharp.torch.CPU, TimeSpan.FromSeconds(60));
            shared.Train(folder, group, interruption.Token);
            return 0;
        }
        catch (OperationCanceledException stopped)
        {
            Console.WriteLine(stopped.Message);
            return 130;
        }
        catch (PeerLostException lost)
        {
            Console.WriteLine(lost.Message);
            return 2;
        }
    }

    /// <summary>What a process does that makes updates only, and says after each how many of its buckets were under way before the backward pass was over, and how many tensors live.</summary>
    public static int Exchange()
    {
        using var group = ProcessGroup.Join(World.FromEnvironment(Environment.GetEnvironmentVariable), TorchSharp.torch.CPU, TimeSpan.FromSeconds(60))!;
        var shared = new SharedRun();
        using var model = shared.Model(group);
        var task = new Seq2SeqTask(model, Made(Examples), shared.Batch, shared.Options.Seed);
        using var updates = new Updates<Seq2SeqBatch>(task, shared.Options, group, new ExchangeOptions(shared.BucketBytes));
        using var batches = Enumerable.Range(0, Steps).SelectMany(epoch => task.Epoch(epoch, 0)).GetEnumerator();
        for (var step = 0; step < Steps; step++)
        {
            updates.Next(() => batches.MoveNext() ? batches.Current : throw new InvalidOperationException("there is always another epoch"), step);
            Console.WriteLine($"{updates.Exchange!.EarlyBuckets} {updates.Exchange.Buckets} {TorchSharp.torch.Tensor.TotalCount}");
        }

        return 0;
    }

    /// <summary>Trains in this process: alone where there is no group.</summary>
    public void Train(string folder, ProcessGroup? group = null, CancellationToken stop = default)
    {
        using var model = Model(group);
        using var run = RunFolder.Open(folder, this with { PauseMilliseconds = 0 }, group);
        var task = new Seq2SeqTask(model, Made(Examples), Batch, Options.Seed, Made(Examples / 2));
        Trainer.Fit(task, Options, run, new Pausing(PauseMilliseconds), stop, group, new ExchangeOptions(BucketBytes));
    }

    /// <summary>Starts a process of it, as a launcher would.</summary>
    public Process Start(string folder, int rank, int size, int port) =>
        Start(["shared", folder, .. new double[] { Batch, Accumulation, Clip, Dropout, BucketBytes, PauseMilliseconds }.Select(static number => number.ToString(CultureInfo.InvariantCulture))], rank, size, port);

    /// <summary>Starts this assembly as one of several processes.</summary>
    public static Process Start(string[] words, int rank, int size, int port)
    {
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";
        var start = new ProcessStartInfo("env", ["--default-signal=INT,TERM", host, typeof(SharedRun).Assembly.Location, .. words]) { RedirectStandardOutput = true };
        foreach (var (name, value) in new[] { ("RANK", rank), ("LOCAL_RANK", rank), ("WORLD_SIZE", size), ("MASTER_PORT", port), ("OMP_NUM_THREADS", 1) })
        {
            start.Environment[name] = $"{value}";
        }

        start.Environment["MASTER_ADDR"] = "127.0.0.1";
        return Process.Start(start)!;
    }

    /// <summary>The losses of a run's steps.</summary>
    public static double[] Losses(string folder) => [.. MetricsLog.Read(Path.Combine(folder, "metrics.jsonl")).Select(static line => line.Loss)];

    /// <summary>A finished run's weights.</summary>
    public static Dictionary<string, float[]> Weights(string folder)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var file = SafetensorsFile.Open(Path.Combine(folder, "model", "model.safetensors"));
        return file.Entries.Keys.ToDictionary(static name => name, name => file.Read(name).data<float>().ToArray());
    }

    private T5 Model(ProcessGroup? group)
    {
        Randomness.SeedModel(group?.World.Rank ?? 0);   // what the others begin with must not matter
        var model = new T5(new T5Config
        {
            VocabSize = 40,
            ModelDim = 16,
            HeadDim = 4,
            Heads = 4,
            FeedForwardDim = 32,
            EncoderLayers = 2,
            DecoderLayers = 2,
            DropoutRate = Dropout,
        });
        model.Initialize();
        return model;
    }

    // Of unlike lengths, so that a mean of the processes' means is not the mean.
    private static List<Seq2SeqExample> Made(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(_ => new Seq2SeqExample(Ids(random.Next(2, 9)), Ids(random.Next(1, 12))))];

        int[] Ids(int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(2, 40)), 1];
    }

    private sealed class Pausing(int milliseconds) : IProgressDisplay, IProgress
    {
        public IProgress Start(string title, long total, long done = 0) => this;

        public void Say(string sentence) => Console.WriteLine(sentence);

        public void Report(long done, string detail)
        {
            if (milliseconds > 0)
            {
                Console.WriteLine($"step {done}");
                Thread.Sleep(milliseconds);   // long enough to be stopped before the end by a test that is itself slow
            }
        }

        public void Dispose()
        {
        }
    }
}
