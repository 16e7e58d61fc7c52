namespace PolicySync.Grains.Workspaces;

/// <summary>
/// Max-min fair division: who needs less than an equal part gets what it needs, the others share the rest. Of what
/// nobody needs each is lent an even part, and one part stays for who comes next.
/// </summary>
internal static class FairShares
{
    /// <summary>The share of the one at <paramref name="index"/>.</summary>
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

    /// <summary>The same in whole numbers.</summary>
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
