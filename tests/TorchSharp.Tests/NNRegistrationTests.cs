using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class NNRegistrationTests
{
    [Fact]
    public void FieldsAreRegisteredUnderTheirComponentNameInOrderOfDeclaration()
    {
        using var block = new Block();

        Assert.Equal(["scale", "SelfAttention.q.weight", "SelfAttention.o.weight", "SelfAttention.o.bias", "plain.weight"], Names(block));
        Assert.Equal(["table"], block.named_buffers().Select(named => named.name));
        Assert.Equal(["SelfAttention", "plain"], block.named_children().Select(named => named.name));
        Assert.Equal(["SelfAttention", "plain", "SelfAttention.q", "SelfAttention.o"], block.named_modules().Select(named => named.name));
        Assert.Equal(["SelfAttention", "plain"], block.children().Select(child => child is Projections ? "SelfAttention" : "plain"));
    }

    [Fact]
    public void DottedNamesLeadToParametersAndBuffers()
    {
        using var block = new Block();

        Assert.True(block.has_parameter("SelfAttention.o.bias"));
        Assert.False(block.has_parameter("SelfAttention.q.bias"));
        Assert.False(block.has_parameter("_scale"));
        Assert.True(block.has_buffer("table"));
        Assert.False(block.has_buffer("SelfAttention.table"));
        Assert.Same(block.Attention.Output.bias, block.get_parameter("SelfAttention.o.bias"));
        Assert.Null(block.get_parameter("SelfAttention.v.weight"));
        Assert.Null(block.get_buffer("SelfAttention.table"));
    }

    [Fact]
    public void AListNamesItsModulesByPosition()
    {
        using var stack = new Stack();

        Assert.Equal(["layers.0.weight", "layers.1.weight", "layers.1.bias", "named.first.weight", "scales.0", "scales.1"], Names(stack));
        Assert.Equal(2, stack.Layers.Count);
        Assert.Same(stack.Layers[1], stack.Layers.Last());
    }

    [Fact]
    public void ASharedParameterIsListedOnceAndSavedUnderBothNames()
    {
        using var shared = new Shared();

        Assert.Equal(["first.weight"], Names(shared));
        Assert.Equal(["first.weight", "second.weight"], shared.state_dict().Keys);
    }

    [Fact]
    public void ANameIsTakenOnlyOnce()
    {
        using var block = new Block();
        using var tensor = zeros(1);
        using var module = nn.Identity();
        using var parameter = nn.Parameter(zeros(1));

        Assert.Throws<InvalidOperationException>(() => block.register_buffer("table", tensor));
        Assert.Throws<InvalidOperationException>(() => block.register_parameter("scale", parameter));
        Assert.Throws<InvalidOperationException>(() => block.register_module("plain", module));
    }

    [Fact]
    public void AModuleNameHasNoDotInItAndIsNotEmpty()
    {
        using var block = new Block();
        using var module = nn.Identity();

        Assert.Throws<ArgumentException>(() => block.register_module("a.b", module));
        Assert.Throws<ArgumentException>(() => block.register_module("", module));
    }

    [Fact]
    public void ABufferThatIsNotPersistentIsInNoListing()
    {
        using var block = new Block();
        using var tensor = zeros(1);
        block.register_buffer("cache", tensor, persistent: false);

        Assert.True(block.has_buffer("cache"));
        Assert.Equal(["table"], block.named_buffers(include_nonpersistent: true).Select(named => named.name));
        Assert.DoesNotContain("cache", block.state_dict().Keys);
    }

    [Fact]
    public void TrainingModeReachesEveryModule()
    {
        using var block = new Block();
        Assert.True(block.training);

        block.eval();
        Assert.All(block.modules().Prepend(block), module => Assert.False(module.training));

        block.Attention.train();
        Assert.False(block.training);
        Assert.All(block.Attention.children(), module => Assert.True(module.training));

        block.train();
        Assert.All(block.modules().Prepend(block), module => Assert.True(module.training));
    }

    [Fact]
    public void ApplyVisitsChildrenBeforeTheirParent()
    {
        using var block = new Block();
        var visited = new List<nn.Module>();

        Assert.Same(block, block.apply(visited.Add));

        Assert.Equal([block.Attention.Query, block.Attention.Output, block.Attention, block.Plain, block], visited);
    }

    [Fact]
    public void GradientsAreDroppedOrZeroed()
    {
        using var scope = NewDisposeScope();
        using var linear = nn.Linear(3, 1);
        linear.forward(ones(2, 3)).sum().backward();

        linear.zero_grad(set_to_none: false);
        Assert.Equal([0f, 0f, 0f], linear.weight.grad!.data<float>().ToArray());

        linear.zero_grad();
        Assert.Null(linear.weight.grad);
        Assert.Null(linear.bias!.grad);
    }

    [Fact]
    public void AModuleWithoutParametersAcceptsNone()
    {
        using var dropout = nn.Dropout(0.1);
        using var tensor = zeros(1);
        using var parameter = nn.Parameter(zeros(1));
        using var linear = nn.Linear(1, 1);

        Assert.Throws<InvalidOperationException>(() => dropout.register_buffer("b", tensor));
        Assert.Throws<InvalidOperationException>(() => dropout.register_parameter("p", parameter));
        Assert.Throws<InvalidOperationException>(() => dropout.register_module("m", linear));
    }

    [Fact]
    public void AnOrderedDictionaryKeepsTheOrderOfItsKeys()
    {
        var dictionary = new OrderedDict<string, int> { ("b", 1), ("a", 2) };
        dictionary["c"] = 3;
        dictionary["b"] = 4;

        (string, int)[] pairs = [.. dictionary];
        Assert.Equal([("b", 4), ("a", 2), ("c", 3)], pairs);
        Assert.Equal(("a", 2), dictionary[1]);
        Assert.True(dictionary.Remove("a"));
        Assert.Equal(["b", "c"], dictionary.Keys);
        Assert.Throws<ArgumentException>(() => dictionary.Add("c", 5));
    }

    private static IEnumerable<string> Names(nn.Module module) => module.named_parameters().Select(named => named.name);

    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "scale")]
        private readonly Parameter _scale = nn.Parameter(ones(4));

        [ComponentName(Name = "table")]
        private readonly Tensor _table = arange(3);

        [ComponentName(Name = "SelfAttention")]
        private readonly Projections _attention = new();

        private readonly Linear plain = nn.Linear(4, 4, hasBias: false);

        public Block() : base(nameof(Block)) => RegisterComponents();

        public Projections Attention => _attention;

        public Linear Plain => plain;

        public override Tensor forward(Tensor input) => input.mul(_scale).add(_table.size(0));
    }

    private sealed class Projections : nn.Module
    {
        [ComponentName(Name = "q")]
        private readonly Linear _query = nn.Linear(4, 4, hasBias: false);

        [ComponentName(Name = "o")]
        private readonly Linear _output = nn.Linear(4, 4);

        public Projections() : base(nameof(Projections)) => RegisterComponents();

        public Linear Query => _query;

        public Linear Output => _output;
    }

    private sealed class Stack : nn.Module
    {
        [ComponentName(Name = "layers")]
        private readonly ModuleList<Linear> _layers = nn.ModuleList(nn.Linear(2, 2, hasBias: false), nn.Linear(2, 2));

        [ComponentName(Name = "named")]
        private readonly ModuleDict<Linear> _named = nn.ModuleDict(("first", nn.Linear(2, 2, hasBias: false)));

        [ComponentName(Name = "scales")]
        private readonly ParameterList _scales = nn.ParameterList(nn.Parameter(ones(1)), nn.Parameter(ones(2)));

        public Stack() : base(nameof(Stack)) => RegisterComponents();

        public ModuleList<Linear> Layers => _layers;

        public ModuleDict<Linear> Named => _named;

        public ParameterList Scales => _scales;
    }

    private sealed class Shared : nn.Module
    {
        private readonly Holder first;
        private readonly Holder second;

        public Shared() : base(nameof(Shared))
        {
            var weight = nn.Parameter(ones(2));
            first = new Holder(weight);
            second = new Holder(weight);
            RegisterComponents();
        }

        public IEnumerable<nn.Module> Holders => [first, second];
    }

    private sealed class Holder : nn.Module
    {
        private readonly Parameter weight;

        public Holder(Parameter weight) : base(nameof(Holder))
        {
            this.weight = weight;
            RegisterComponents();
        }

        public long Length => weight.size(0);
    }
}
