#nullable disable // As in TorchSharp, whose callers see no annotation here.

using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace TorchSharp.Utils;

/// <summary>A dictionary that keeps the order in which keys were added, and is a list of pairs too.</summary>
public class OrderedDict<TKey, TValue> : IDictionary<TKey, TValue>, IList<(TKey, TValue)>
{
    private readonly List<(TKey Key, TValue Value)> _list = [];
    private readonly Dictionary<TKey, TValue> _dict = [];

    public int Count => _list.Count;

    public bool IsReadOnly => false;

    public ICollection<TKey> Keys => [.. _list.Select(pair => pair.Key)];

    public ICollection<TValue> Values => [.. _list.Select(pair => pair.Value)];

    public IEnumerable<TKey> keys() => Keys;

    public IEnumerable<TValue> values() => Values;

    public IEnumerator<(TKey, TValue)> items() => GetEnumerator();

    public (TKey, TValue) this[int index]
    {
        get => _list[index];
        set
        {
            _dict.Remove(_list[index].Key);
            _dict[value.Item1] = value.Item2;
            _list[index] = value;
        }
    }

    public TValue this[TKey key]
    {
        get => _dict[key];
        set
        {
            var index = _dict.ContainsKey(key) ? IndexOfKey(key) : -1;
            _dict[key] = value;
            if (index < 0)
            {
                _list.Add((key, value));
            }
            else
            {
                _list[index] = (key, value);
            }
        }
    }

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value) => _dict.TryGetValue(key, out value);

    public bool ContainsKey(TKey key) => _dict.ContainsKey(key);

    public bool Contains((TKey, TValue) item) => _list.Contains(item);

    public bool Contains(KeyValuePair<TKey, TValue> item) => _dict.ContainsKey(item.Key);

    public int IndexOf((TKey, TValue) item) => _list.IndexOf(item);

    public void Add((TKey, TValue) item) => Add(item.Item1, item.Item2);

    public void Add(KeyValuePair<TKey, TValue> item) => Add(item.Key, item.Value);

    public void Add(TKey key, TValue value)
    {
        _dict.Add(key, value);
        _list.Add((key, value));
    }

    public void Insert(int index, (TKey, TValue) item)
    {
        _dict.Add(item.Item1, item.Item2);
        _list.Insert(index, item);
    }

    public bool Remove((TKey, TValue) item) => _list.Remove(item) && _dict.Remove(item.Item1);

    public bool Remove(KeyValuePair<TKey, TValue> item) => Remove(item.Key);

    public bool Remove(TKey key)
    {
        if (!_dict.Remove(key))
        {
            return false;
        }

        _list.RemoveAt(IndexOfKey(key));
        return true;
    }

    public void RemoveAt(int index)
    {
        _dict.Remove(_list[index].Key);
        _list.RemoveAt(index);
    }

    public void clear() => Clear();

    public void Clear()
    {
        _dict.Clear();
        _list.Clear();
    }

    public void CopyTo((TKey, TValue)[] array, int arrayIndex) => _list.CopyTo(array, arrayIndex);

    public void CopyTo(KeyValuePair<TKey, TValue>[] array, int arrayIndex) => Pairs().ToArray().CopyTo(array, arrayIndex);

    public IEnumerator<(TKey, TValue)> GetEnumerator() => _list.GetEnumerator();

    IEnumerator<KeyValuePair<TKey, TValue>> IEnumerable<KeyValuePair<TKey, TValue>>.GetEnumerator() => Pairs().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IEnumerable<KeyValuePair<TKey, TValue>> Pairs() => _list.Select(pair => KeyValuePair.Create(pair.Key, pair.Value));

    private int IndexOfKey(TKey key) => _list.FindIndex(pair => EqualityComparer<TKey>.Default.Equals(pair.Key, key));
}
