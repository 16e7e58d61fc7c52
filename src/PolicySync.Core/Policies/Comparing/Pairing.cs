namespace PolicySync.Core.Policies.Comparing;

/// <summary>
/// Pairs the elements of two lists step by step, each step by another key and only among those that are left. An element has one
/// partner at most. A step takes time in proportion to the number of keys.
/// </summary>
internal sealed class Pairing<T>(IReadOnlyList<T> olds, IReadOnlyList<T> news)
{
    private const int Alone = -1;

    private readonly int[] _newOf = Filled(olds.Count);
    private readonly int[] _oldOf = Filled(news.Count);

    /// <summary>The place of the partner of an element of the old list; null when it has none.</summary>
    public int? NewOf(int old) => _newOf[old] == Alone ? null : _newOf[old];

    /// <summary>The place of the partner of an element of the new list; null when it has none.</summary>
    public int? OldOf(int @new) => _oldOf[@new] == Alone ? null : _oldOf[@new];

    /// <summary>Pairs what has an equal key, in the order of the lists. An element whose key is null is left.</summary>
    public void By(Func<T, object?> key) => ByAny(element => key(element) is { } one ? [one] : []);

    /// <summary>Pairs what shares a key, in the order of the lists.</summary>
    public void ByAny(Func<T, IEnumerable<object>> keys)
    {
        var waiting = new Dictionary<object, Queue<int>>();
        foreach (var (place, element) in news.Index().Where(one => _oldOf[one.Index] == Alone))
        {
            foreach (var key in keys(element))
            {
                if (!waiting.TryGetValue(key, out var queue))
                {
                    waiting.Add(key, queue = []);
                }

                queue.Enqueue(place);
            }
        }

        foreach (var (place, element) in olds.Index().Where(one => _newOf[one.Index] == Alone))
        {
            if (keys(element).Select(key => Next(waiting.GetValueOrDefault(key))).FirstOrDefault(found => found is not null) is { } partner)
            {
                (_newOf[place], _oldOf[partner]) = (partner, place);
            }
        }
    }

    private int? Next(Queue<int>? queue)
    {
        while (queue is { Count: > 0 })
        {
            var place = queue.Dequeue();
            if (_oldOf[place] == Alone)
            {
                return place;
            }
        }

        return null;
    }

    private static int[] Filled(int count)
    {
        var places = new int[count];
        Array.Fill(places, Alone);
        return places;
    }
}
