using Wgqa.Training.Distributed;

namespace Wgqa.Runtime.Tests.Training.Distributed;

public sealed class WorldTests
{
    [Fact]
    public void TheVariablesOfTorchrunSayWhoAProcessIs()
    {
        var world = Read(("RANK", "3"), ("WORLD_SIZE", "4"), ("LOCAL_RANK", "1"), ("MASTER_ADDR", "gpu07"), ("MASTER_PORT", "12345"))!;
        Assert.Equal(new World(3, 4, 1, "gpu07", 12345), world);
        Assert.True(world.FirstKeepsStore);
        Assert.False(world.IsFirst);
    }

    [Fact]
    public void AStoreThatTorchrunsAgentKeepsIsNotOpenedAgain()
    {
        var world = Read(("RANK", "0"), ("WORLD_SIZE", "2"), ("MASTER_ADDR", "a"), ("TORCHELASTIC_USE_AGENT_STORE", "True"), ("TORCHELASTIC_RESTART_COUNT", "2"))!;
        Assert.False(world.FirstKeepsStore);
        Assert.Equal("2", world.Attempt);
        Assert.Equal(29500, world.Port);
    }

    [Fact]
    public void ATaskOfSrunIsAProcessToo()
    {
        var world = Read(("SLURM_PROCID", "5"), ("SLURM_NTASKS", "8"), ("SLURM_LOCALID", "1"), ("SLURM_JOB_ID", "1234567"), ("SLURM_STEP_ID", "0"), ("SLURM_NODELIST", "gpu[03-05,9],login"))!;
        Assert.Equal(new World(5, 8, 1, "gpu03", 24567), world with { Attempt = "0" });
    }

    [Fact]
    public void WhatALauncherSaysCountsForMoreThanSlurm() =>
        Assert.Equal(0, Read(("RANK", "0"), ("WORLD_SIZE", "2"), ("MASTER_ADDR", "a"), ("SLURM_PROCID", "1"), ("SLURM_NTASKS", "2"))!.Rank);

    [Fact]
    public void ABatchScriptOfSlurmIsAlone() => Assert.Null(Read(("SLURM_PROCID", "0"), ("SLURM_NTASKS", "8"), ("SLURM_JOB_ID", "7")));

    [Fact]
    public void WithoutVariablesAProcessIsAlone() => Assert.Null(Read());

    [Theory]
    [InlineData("node1", "node1")]
    [InlineData("node1,node2", "node1")]
    [InlineData("node[01-04,07]", "node01")]
    [InlineData("node[7],other", "node7")]
    [InlineData("rack2-node[10-12]-ib,x", "rack2-node10-ib")]
    public void TheFirstMachineOfAListIsFound(string nodes, string first) => Assert.Equal(first, World.FirstHost(nodes));

    [Theory]
    [InlineData("WORLD_SIZE", "RANK=0")]
    [InlineData("MASTER_ADDR", "RANK=0", "WORLD_SIZE=2")]
    [InlineData("RANK is 'x'", "RANK=x", "WORLD_SIZE=2", "MASTER_ADDR=a")]
    [InlineData("number 2 of 2", "RANK=2", "WORLD_SIZE=2", "MASTER_ADDR=a")]
    [InlineData("MASTER_PORT is 70000", "RANK=0", "WORLD_SIZE=2", "MASTER_ADDR=a", "MASTER_PORT=70000")]
    public void WhatIsMissingOrMakesNoSenseIsNamed(string named, params string[] variables)
    {
        var pairs = variables.Select(static variable => (variable[..variable.IndexOf('=')], variable[(variable.IndexOf('=') + 1)..])).ToArray();
        Assert.Contains(named, Assert.Throws<UserException>(() => Read(pairs)).Message, StringComparison.Ordinal);
    }

    private static World? Read(params (string Name, string Value)[] variables)
    {
        var known = variables.ToDictionary(static variable => variable.Name, static variable => variable.Value);
        return World.FromEnvironment(known.GetValueOrDefault);
    }
}
