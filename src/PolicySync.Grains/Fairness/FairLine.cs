using System.Diagnostics.CodeAnalysis;

namespace PolicySync.Grains.Fairness;

/// <summary>
/// A line in which turns go round the shares, and within a share go by arrival. Whoever stands in it has so many before
/// him as there are of his own share, and for each of those one of every other share at most. Not safe for concurrent use.
/// </summary>
internal sealed class FairLine<T>
{
    // In the order of their next turns.
    private readonly LinkedList<Part> _order = new();
    private readonly Dictionary<string, LinkedListNode<Part>> _parts = new(StringComparer.Ordinal);

    /// <summary>How many stand in line.</summary>
    public int Count { get; private set; }

    /// <summary>Puts one at the end of its share's line.</summary>
    public void Add(string share, T item)
    {
        if (!_parts.TryGetValue(share, out var part))
        {
            _parts[share] = part = _order.AddLast(new Part(share));
        }

        part.Value.Items.Enqueue(item);
        Count++;
    }

    /// <summary>Whether somebody stands in line whose share may have a turn.</summary>
    public bool HasAny(Predicate<string> may) => FirstThat(may) is not null;

    /// <summary>Takes the next of a share that may have a turn.</summary>
    public bool TryTake(Predicate<string> may, [MaybeNullWhen(false)] out string share, [MaybeNullWhen(false)] out T item)
    {
        if (FirstThat(may) is not { } part)
        {
            (share, item) = (null, default);
            return false;
        }

        (share, item) = (part.Value.Share, part.Value.Items.Dequeue());
        Count--;
        _order.Remove(part);
        if (part.Value.Items.Count > 0)
        {
            _order.AddLast(part);
        }
        else
        {
            _parts.Remove(share);
        }

        return true;
    }

    private LinkedListNode<Part>? FirstThat(Predicate<string> may)
    {
        for (var part = _order.First; part is not null; part = part.Next)
        {
            if (may(part.Value.Share))
            {
                return part;
            }
        }

        return null;
    }

    private sealed record Part(string Share)
    {
        public Queue<T> Items { get; } = new();
    }
}
