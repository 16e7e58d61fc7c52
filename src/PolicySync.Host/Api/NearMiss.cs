namespace PolicySync.Host.Api;

/// <summary>Recognises a name that was meant to be another one: other case, <c>_</c> or <c>-</c>, or up to two wrong letters.</summary>
internal static class NearMiss
{
    /// <summary>Longest name that is compared by letters. Callers choose names, and a name may fill a whole body.</summary>
    private const int MaxLength = 64;

    /// <summary>The known name that is nearest to <paramref name="name"/>; null when none is near. An exact name is nearest.</summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        if (name.Length > MaxLength)
        {
            return null;
        }

        var plain = Plain(name);
        (string? Name, int Distance) best = (null, int.MaxValue);
        foreach (var candidate in known)
        {
            var distance = name == candidate ? -1 : Distance(plain, Plain(candidate), Tolerance(candidate));
            if (distance < best.Distance)
            {
                best = (candidate, distance);
            }
        }

        return best.Name;
    }

    // In a short name two letters make another word: `id` and `in`, `type` and `time`.
    private static int Tolerance(string known) => known.Length switch
    {
        <= 3 => 0,
        <= 5 => 1,
        _ => 2,
    };

    private static string Plain(string name) =>
        string.Concat(name.Where(c => c is not ('_' or '-')).Select(char.ToLowerInvariant));

    /// <summary>Letters to insert, remove, replace, or exchange with their neighbour, until the texts are equal; the greatest number if over the limit.</summary>
    private static int Distance(string a, string b, int limit)
    {
        // Most names differ in length already, and a body may have a hundred thousand of them.
        if (Math.Abs(a.Length - b.Length) > limit)
        {
            return int.MaxValue;
        }

        var width = b.Length + 1;
        Span<int> table = stackalloc int[(a.Length + 1) * width]; // at most MaxLength + 1 squared
        for (var i = 0; i <= a.Length; i++)
        {
            var row = table[(i * width)..];
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    row[j] = i + j;
                    continue;
                }

                var above = table[((i - 1) * width)..];
                row[j] = Math.Min(Math.Min(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], table[((i - 2) * width) + j - 2] + 1);
                }
            }
        }

        var distance = table[^1];
        return distance <= limit ? distance : int.MaxValue;
    }
}
