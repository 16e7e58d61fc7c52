using System.Diagnostics.CodeAnalysis;

namespace PolicySync.Grains.Fairness;

/// <summary>
/// A queue that serves the shares in turn, and within a share in order of arrival. An item waits for the earlier items of its own
/// share and, for each of those, for at most one item of every other share. Not safe for concurrent use.
/// </summary>
internal sealed class FairLine<T>
{
    // In the order of their next turn.
    private readonly LinkedList<Part> _order = new();
    private readonly Dictionary<string, LinkedListNode<Part>> _parts = new(StringComparer.Ordinal);

    /// <summary>Number of items in the queue.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an item at the end of its share.</summary>
    public void Add(string share, T item)
    {
        if (!_parts.TryGetValue(share, out var part))
        {
            _parts[share] = part = _order.AddLast(new Part(share));
        }

        part.Value.Items.Enqueue(item);
        Count++;
    }

    /// <summary>Whether the queue holds an item of a share that may have a turn.</summary>
    public bool HasAny(Predicate<string> may) => FirstThat(may) is not null;

    /// <summary>Takes the next item of a share that may have a turn.</summary>
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
