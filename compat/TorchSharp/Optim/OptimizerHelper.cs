#nullable disable // As in TorchSharp, whose callers see no annotation here.

using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What optimizers share: their state by parameter, and how it is saved and restored.</summary>
public abstract class OptimizerHelper : optim.Optimizer
{
    protected OptimizerOptions _defaults;
    protected OrderedDict<IntPtr, OptimizerState> _state = new();

    public OptimizerHelper()
    {
    }

    /// <summary>Runs the closure with gradients on, then the body for each group with gradients off and its intermediates freed.</summary>
    protected Tensor _step<T>(Action<T> body, Func<Tensor> loss_closure = null) where T : ParamGroup
    {
        Tensor loss = null;
        if (loss_closure is not null)
        {
            using (enable_grad())
            {
                loss = loss_closure();
            }
        }

        using (no_grad())
        using (NewDisposeScope())
        {
            foreach (var group in _parameter_groups)
            {
                body(group as T);
            }
        }

        return loss;
    }

    /// <summary>Appends a group whose options are complete, with fresh state for its parameters.</summary>
    internal void Append(ParamGroup group, Func<Parameter, OptimizerState> stateOf)
    {
        group.InitialLearningRate = group.LearningRate;
        _parameter_groups.Add(group);
        foreach (var parameter in group.Parameters)
        {
            var state = stateOf(parameter);
            _state[parameter.Handle] = state;
            state.Initialize(group.Options);
        }
    }

    internal void DisposeStates()
    {
        foreach (var (_, state) in _state)
        {
            (state as IDisposable)?.Dispose();
        }

        _state.Clear();
    }

    public void to(Device device)
    {
        foreach (var parameter in parameters())
        {
            _state[parameter.Handle].to(device);
        }
    }

    public virtual StateDictionary state_dict()
    {
        var dictionary = new StateDictionary();
        foreach (var group in _parameter_groups)
        {
            dictionary.Options.Add(group.Options);
            var indices = new List<int>();
            foreach (var parameter in group.Parameters)
            {
                indices.Add(dictionary.State.Count);
                dictionary.State.Add(_state[parameter.Handle]);
            }

            dictionary.StateIndexRef.Add(indices);
        }

        return dictionary;
    }

    /// <summary>Takes over copies of another optimizer's options and state.</summary>
    /// <exception cref="ArgumentException">Another number of groups or of parameters.</exception>
    public virtual void load_state_dict(StateDictionary state_dict)
    {
        var own = this.state_dict();
        MustHaveAsMany(own, state_dict.Options.Count, state_dict.State.Count);
        foreach (var (options, source) in own.Options.Zip(state_dict.Options))
        {
            if (options != source)
            {
                options.LoadStateDict(source);
            }
        }

        foreach (var (state, source) in own.State.Zip(state_dict.State))
        {
            if (state != source)
            {
                state.LoadStateDict(source);
            }
        }
    }

    public void save_state_dict(string location)
    {
        using var stream = File.Create(location);
        using var writer = new BinaryWriter(stream);
        save_state_dict(writer);
    }

    /// <summary>Writes the optimizer's type, LEB128 counts of groups and states, then each of them.</summary>
    public void save_state_dict(BinaryWriter writer)
    {
        writer.Write(GetType().Name);
        var dictionary = state_dict();
        writer.Write7BitEncodedInt64(dictionary.Options.Count);
        writer.Write7BitEncodedInt64(dictionary.State.Count);
        foreach (var options in dictionary.Options)
        {
            options.SaveStateDict(writer);
        }

        foreach (var state in dictionary.State)
        {
            state.SaveStateDict(writer);
        }
    }

    public void load_state_dict(string location)
    {
        using var stream = File.OpenRead(location);
        using var reader = new BinaryReader(stream);
        load_state_dict(reader);
    }

    /// <exception cref="InvalidDataException">Another optimizer's state.</exception>
    /// <exception cref="ArgumentException">Another number of groups or of parameters.</exception>
    public void load_state_dict(BinaryReader reader)
    {
        var type = reader.ReadString();
        if (type != GetType().Name)
        {
            throw new InvalidDataException($"Mismatched optimizer type: expected '{GetType().Name}', but found '{type}' in the loaded stream.");
        }

        var own = state_dict();
        MustHaveAsMany(own, reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64());
        foreach (var options in own.Options)
        {
            options.LoadStateDict(reader);
        }

        foreach (var state in own.State)
        {
            state.LoadStateDict(reader);
        }
    }

    private static void MustHaveAsMany(StateDictionary own, long groups, long states)
    {
        if (groups != own.Options.Count)
        {
            throw new ArgumentException("Invalid optimizer state -- different number of parameter groups.");
        }

        if (states != own.State.Count)
        {
            throw new ArgumentException("Invalid optimizer state -- different number of states.");
        }
    }
}
