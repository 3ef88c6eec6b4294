using Wgqa.Attention;
using Wgqa.Models;
using static TorchSharp.torch;

namespace Wgqa.Decoding;

/// <summary>
/// A T5 decoding with a static KV cache: all that a step depends on lies on the device, in the same memory at every step, so that a step can be
/// recorded and replayed, and the likeliest token goes into the next step without the host having seen it.
/// </summary>
/// <remarks>
/// Rows that are dropped stay where they are and are computed along, unseen, until half of the inputs are gone and there were enough rows for that to matter: fewer rows are
/// another shape, which is recorded anew.
/// </remarks>
internal sealed class T5SteadySession : IChoosingSession
{
    // A window four times the last one is recorded anew: seldom, and what is attended to for nothing is little beside the weights that a step reads.
    private const int WindowGrowth = 4;

    // Up to here a step reads its weights, and fewer rows would save nothing.
    private const int RowsWorthDropping = 16;

    private readonly T5 _model;
    private readonly IWorkRecorder? _recorder;
    private readonly StepPlace _place;
    private readonly DecoderCache _cache;
    private readonly Dictionary<(Action Work, long Window), RepeatedWork> _works = [];
    private Tensor _encoded;    // [inputs, s, m]
    private Tensor? _mask;      // [inputs, s]; null where there is no padding
    private Tensor _tokens;     // [inputs·beams, 1] int64: what the next step reads
    private Tensor _parents;    // [inputs·beams] int64: what a reordering reads
    private Tensor? _logits;    // [inputs·beams, V]: what a step that scores has written
    private Tensor? _bans;      // [V] float32
    private Tensor? _chosen;    // [inputs·beams, capacity] int64: the token chosen after each place
    private Tensor? _seen;      // [rows] int64: the rows that are not dropped; null where all are there in order
    private int[] _slots;       // the input, of those computed, that each input not dropped is
    private int _beams = 1;     // rows are input after input, beam after beam

    /// <summary>A session over inputs that have been encoded.</summary>
    /// <param name="model">The model, in evaluation mode; it stays the caller's. See <see cref="Fits"/>.</param>
    /// <param name="encoded">[b, s, m], the caller's still.</param>
    /// <param name="attentionMask">[b, s]; null sees padding too.</param>
    /// <param name="capacity">The longest sequence to decode, start token included.</param>
    /// <param name="recorder">Records steps; null does them as they stand.</param>
    /// <param name="firstWindow">Places attended to at first.</param>
    public T5SteadySession(T5 model, Tensor encoded, Tensor? attentionMask, int capacity, IWorkRecorder? recorder, int firstWindow = 128)
    {
        using var inference = inference_mode();
        (_model, _recorder, Device) = (model, recorder, encoded.device);
        _place = new StepPlace(capacity, Device) { Window = Math.Min(firstWindow, capacity) };
        _cache = model.NewCache(_place);
        _encoded = encoded.alias().DetachFromDisposeScope();
        _mask = attentionMask is null || T5DecodingSession.HidesNothing(attentionMask) ? null : attentionMask.alias().DetachFromDisposeScope();
        _slots = [.. Enumerable.Range(0, (int)encoded.size(0))];
        _tokens = zeros([encoded.size(0), 1], ScalarType.Int64, Device).DetachFromDisposeScope();
        _parents = zeros([encoded.size(0)], ScalarType.Int64, Device).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public Device Device { get; }

    /// <inheritdoc/>
    public long VocabularySize => _model.Config.VocabSize;

    /// <summary>Rows computed in each step, those dropped included.</summary>
    internal int RowsComputed => (int)_encoded.size(0) * _beams;

    /// <summary>Whether a model's steps are the same operators whatever they compute on: not where a block looks at its keys to allocate heads, or draws noise, in evaluation.</summary>
    public static bool Fits(T5 model) => model.Decoder.modules().All(static module => module is not IUnsteady { IsUnsteady: true });

    /// <inheritdoc/>
    public Tensor Step(Tensor tokens)
    {
        using var inference = inference_mode();
        for (var i = 0; i < tokens.size(1); i++)
        {
            using var column = tokens.narrow(1, i, 1);
            Read(column);
            Do(Score);
            _place.Count();
        }

        return _seen is null ? _logits!.alias() : _logits!.index_select(0, _seen);
    }

    /// <inheritdoc/>
    public void Start(Tensor tokens)
    {
        using var inference = inference_mode();
        for (var i = 0; i < tokens.size(1); i++)
        {
            if (i > 0)
            {
                Extend();   // what it chooses is overwritten by the next token given
            }

            using var column = tokens.narrow(1, i, 1);
            Read(column);
        }
    }

    /// <inheritdoc/>
    public void Ban(Tensor scores)
    {
        using var inference = inference_mode();
        Bans.copy_(scores, nonBlocking: true);
    }

    /// <inheritdoc/>
    public void Extend()
    {
        using var inference = inference_mode();
        Do(Choose);
        _place.Count();
    }

    /// <inheritdoc/>
    public Tensor Chosen(int count)
    {
        using var inference = inference_mode();
        using var newest = _chosen!.narrow(1, _place.Length - count, count);
        return _seen is null ? newest.alias() : newest.index_select(0, _seen);
    }

    /// <inheritdoc/>
    public void Reorder(ReadOnlySpan<int> rows)
    {
        using var inference = inference_mode();
        int[] order = [.. rows];
        var (inputs, beams) = RowLayout.InputsOf(order, _beams);
        var shrinks = RowsComputed >= RowsWorthDropping && 2 * inputs.Length <= _encoded.size(0);
        if (beams == _beams && !shrinks && inputs.Distinct().Count() == inputs.Length)
        {
            MoveWithin(order, inputs);
        }
        else
        {
            Rebuild([.. order.Select(ComputedRow)], [.. inputs.Select(input => _slots[input])], beams);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ForgetWorks();
        _cache.Dispose();
        _place.Dispose();
        _encoded.Dispose();
        _mask?.Dispose();
        _tokens.Dispose();
        _parents.Dispose();
        _logits?.Dispose();
        _bans?.Dispose();
        _chosen?.Dispose();
        _seen?.Dispose();
    }

    private Tensor Bans => _bans ??= zeros([VocabularySize], ScalarType.Float32, Device).DetachFromDisposeScope();

    // ---- What is recorded: nothing here may depend on a number that the host has and that changes from step to step, or ask the device for one.

    private void Score()
    {
        using var scope = NewDisposeScope();
        var logits = Logits();                                                                    // (rows, V)
        _logits ??= empty_like(logits).DetachFromDisposeScope();
        _logits.copy_(logits);
        _place.MoveOn();
    }

    private void Choose()
    {
        using var scope = NewDisposeScope();
        var best = Logits().to_type(ScalarType.Float32).Plus(Bans).argmax(-1, keepdim: true);     // (rows, 1)
        _chosen ??= zeros([RowsComputed, _place.Capacity], ScalarType.Int64, Device).DetachFromDisposeScope();
        _chosen.index_copy_(1, _place.Position, best);
        _tokens.copy_(best);
        _place.MoveOn();
    }

    private void Move() => _cache.Move(_parents);

    private Tensor Logits() => _model.DecodeLast(_tokens, _encoded, _mask, _cache).view(RowsComputed, -1);

    // ---- What the host does between steps.

    private void Do(Action work)
    {
        _cache.Reserve(work == Move ? 0 : 1);
        while (_place.Length >= _place.Window)
        {
            _place.Window = Math.Min(_place.Capacity, _place.Window * WindowGrowth);
        }

        var key = (work, _place.Window);
        if (!_works.TryGetValue(key, out var repeated))
        {
            _works.Add(key, repeated = new(work, _recorder));
        }

        repeated.Run();
    }

    private void Read(Tensor tokens)
    {
        if (_seen is null)
        {
            _tokens.copy_(tokens);
        }
        else
        {
            _tokens.index_copy_(0, _seen, tokens);
        }
    }

    private int ComputedRow(int row) => (_slots[row / _beams] * _beams) + (row % _beams);

    /// <summary>Inputs left out, beams that go on from other beams of their input.</summary>
    private void MoveWithin(int[] order, int[] inputs)
    {
        int[] slots = [.. inputs.Select(input => _slots[input])];
        int[] parents = [.. Enumerable.Range(0, RowsComputed)];
        for (var row = 0; row < order.Length; row++)
        {
            parents[(slots[row / _beams] * _beams) + (row % _beams)] = ComputedRow(order[row]);
        }

        if (!RowLayout.IsIdentity(parents, RowsComputed))
        {
            using var index = RowLayout.Index(parents, Device);
            _parents.copy_(index);
            Do(Move);
            MoveChoices(index);
        }

        _slots = slots;
        See();
    }

    /// <summary>Another number of rows, in memory of their own.</summary>
    private void Rebuild(int[] rows, int[] inputs, int beams)
    {
        ForgetWorks();
        using var index = RowLayout.Index(rows, Device);
        _cache.Reorder(index, sameMemory: true);
        if (!RowLayout.IsIdentity(inputs, (int)_encoded.size(0)))
        {
            using var ofInputs = RowLayout.Index(inputs, Device);
            _cache.ReorderMemory(ofInputs);
            _encoded = RowLayout.Pick(_encoded, ofInputs);
            _mask = _mask is null ? null : RowLayout.Pick(_mask, ofInputs);
        }

        _tokens = RowLayout.Pick(_tokens, index);
        _parents = RowLayout.Pick(_parents, index);
        _chosen = _chosen is null ? null : RowLayout.Pick(_chosen, index);
        _logits?.Dispose();
        _logits = null;
        (_slots, _beams) = ([.. Enumerable.Range(0, inputs.Length)], beams);
        See();
    }

    private void MoveChoices(Tensor rows)
    {
        using var tokens = _tokens.index_select(0, rows);
        _tokens.copy_(tokens);
        using var chosen = _chosen?.index_select(0, rows);
        if (chosen is not null)
        {
            _chosen!.copy_(chosen);
        }
    }

    private void See()
    {
        int[] rows = [.. Enumerable.Range(0, _slots.Length * _beams).Select(ComputedRow)];
        _seen?.Dispose();
        _seen = RowLayout.IsIdentity(rows, RowsComputed) ? null : RowLayout.Index(rows, Device).DetachFromDisposeScope();
    }

    private void ForgetWorks()
    {
        foreach (var work in _works.Values)
        {
            work.Dispose();
        }

        _works.Clear();
    }
}
