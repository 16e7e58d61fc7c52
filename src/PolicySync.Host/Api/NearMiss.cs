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

        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                rows[i, j] = i == 0 || j == 0 ? i + j : Math.Min(
                    Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1,
                    rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[a.Length, b.Length] <= limit ? rows[a.Length, b.Length] : int.MaxValue;
    }
}
