namespace PolicySync.Grains.Workspaces;

/// <summary>
/// Max-min fair division: a demand below an equal part is met, and the others share the rest. What no one demands is lent in equal
/// parts, of which one stays free for a newcomer.
/// </summary>
internal static class FairShares
{
    /// <summary>Returns the share for the demand at <paramref name="index"/>.</summary>
    public static double Of(double total, IReadOnlyList<double> demands, int index)
    {
        var left = total;
        var mine = 0.0;
        var order = Enumerable.Range(0, demands.Count).OrderBy(i => demands[i]).ToList();
        for (var place = 0; place < order.Count; place++)
        {
            var part = Math.Min(demands[order[place]], left / (order.Count - place));
            left -= part;
            mine = order[place] == index ? part : mine;
        }

        return mine + (left / (demands.Count + 1));
    }

    /// <summary>Returns the share in whole numbers.</summary>
    public static int Of(int total, IReadOnlyList<int> demands, int index)
    {
        var left = total;
        var mine = 0;
        var order = Enumerable.Range(0, demands.Count).OrderBy(i => demands[i]).ThenBy(i => i).ToList();
        for (var place = 0; place < order.Count; place++)
        {
            var part = Math.Min(demands[order[place]], left / (order.Count - place));
            left -= part;
            mine = order[place] == index ? part : mine;
        }

        return mine + (left / (demands.Count + 1));
    }
}
