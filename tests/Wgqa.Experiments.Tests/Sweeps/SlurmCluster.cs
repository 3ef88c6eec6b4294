using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Wgqa.Experiments.Tests.Sweeps;

/// <summary>A test that needs Slurm's daemons (Debian: slurm-wlm and munge) and the right to start them; skipped, visibly, where they are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SlurmFactAttribute : FactAttribute
{
    public SlurmFactAttribute() => Skip = SlurmCluster.Obstacle;
}

/// <summary>A real Slurm of one node, all of it in a folder of its own: munged, slurmctld and slurmd, ended when it is disposed.</summary>
internal sealed class SlurmCluster : IDisposable
{
    private static readonly string[] Programs = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "srun"];
    private readonly string _folder;
    private readonly List<string> _pidFiles = [];

    /// <summary>Starts one.</summary>
    public SlurmCluster(string folder)
    {
        _folder = folder;
        foreach (var name in new[] { "state", "spool", "run" })
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
        }

        // munged wants its key, and the folders above its socket, to be its own alone.
        var key = Path.Combine(folder, "munge.key");
        File.WriteAllBytes(key, RandomNumberGenerator.GetBytes(1024));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(key, UnixFileMode.UserRead);
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var (socket, host) = (Path.Combine(folder, "run", "munge"), Dns.GetHostName().Split('.')[0]);
        File.WriteAllText(Conf, $"""
            ClusterName=scratch
            SlurmctldHost={host}(127.0.0.1)
            SlurmUser=root
            SlurmdUser=root
            AuthType=auth/munge
            AuthInfo=socket={socket}
            CredType=cred/munge
            SlurmctldPort={FreePort()}
            SlurmdPort={FreePort()}
            StateSaveLocation={folder}/state
            SlurmdSpoolDir={folder}/spool
            SlurmctldPidFile={PidFile("slurmctld")}
            SlurmdPidFile={PidFile("slurmd")}
            SlurmctldLogFile={folder}/slurmctld.log
            SlurmdLogFile={folder}/slurmd.log
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core
            JobAcctGatherType=jobacct_gather/none
            AccountingStorageType=accounting_storage/none
            MpiDefault=none
            ReturnToService=2
            NodeName={host} NodeAddr=127.0.0.1 CPUs={Environment.ProcessorCount} State=UNKNOWN
            PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP

            """);
        Run("munged", $"--key-file={key}", $"--socket={socket}", $"--pid-file={PidFile("munged")}", $"--log-file={folder}/munged.log", $"--seed-file={folder}/run/seed", "--force");
        Run("slurmctld", "-f", Conf);
        Run("slurmd", "-f", Conf);
    }

    /// <summary>Why there can be none here; null where there can.</summary>
    public static string? Obstacle { get; } = Programs.FirstOrDefault(program => Find(program) is null) is { } missing ? $"{missing} is not installed (Debian: slurm-wlm, munge)"
        : Environment.UserName != "root" ? "only root starts Slurm's daemons"
        : null;

    private string Conf => Path.Combine(_folder, "slurm.conf");

    /// <summary>Runs one of Slurm's programs to its end and returns what it printed.</summary>
    public string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Find(program)!) { RedirectStandardOutput = true, WorkingDirectory = _folder };
        start.Environment["SLURM_CONF"] = Conf;
        start.Environment["OMP_NUM_THREADS"] = "1";   // the job's, by way of sbatch
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {output}");
        return output;
    }

    /// <summary>Submits a script and waits until nothing is left of it.</summary>
    public void RunJob(string script)
    {
        Run("sbatch", script);
        var clock = Stopwatch.StartNew();
        while (Run("squeue", "--noheader").Trim() is { Length: > 0 } left)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(5), $"still in the queue: {left}; {string.Join('\n', File.ReadLines(Path.Combine(_folder, "slurmctld.log")).TakeLast(5))}");
            Thread.Sleep(500);
        }
    }

    public void Dispose()
    {
        foreach (var file in Enumerable.Reverse(_pidFiles).Where(File.Exists))
        {
            try
            {
                using var daemon = Process.GetProcessById(int.Parse(File.ReadAllText(file), System.Globalization.CultureInfo.InvariantCulture));
                daemon.Kill();
                daemon.WaitForExit(5000);
            }
            catch (ArgumentException)
            {
                // It has ended already.
            }
        }
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/sbin", "/usr/local/sbin"]).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string PidFile(string daemon)
    {
        var file = Path.Combine(_folder, "run", $"{daemon}.pid");
        _pidFiles.Add(file);
        return file;
    }
}
