namespace PolicySync.Core.Guards;

/// <summary>
/// Writes layers as the body of a row filter or mask. Of several layers a reader sees what all of them show: rows that each
/// passes, and a value only where no two of them replace it differently.
/// </summary>
/// <param name="open">The SQL that shows everything: <c>TRUE</c>, or the column.</param>
/// <param name="hidden">The SQL that shows nothing: <c>FALSE</c>, or NULL.</param>
/// <param name="masked">The masked column; null for a row filter.</param>
internal sealed class GuardWriting(string open, string hidden, TableColumn? masked)
{
    /// <summary>Largest number of combinations written out. Beyond it, everything that any layer restricts is hidden.</summary>
    private const int MaxOutcomes = 200;

    /// <summary>Largest number of values compared with each other. If there are more, the value is hidden.</summary>
    private const int MaxCompared = 3;

    /// <summary>One layer, as a CASE.</summary>
    public string Write(GuardLayer layer) => Case(layer, shows => shows ?? open);

    /// <summary>What all layers show.</summary>
    public string WriteAll(IEnumerable<GuardLayer> layers)
    {
        List<GuardLayer> all = [.. layers.Where(layer => !layer.IsOpen).Distinct()];
        if (all.Count < 2)
        {
            return all.Count == 0 ? open : Write(all[0]);
        }

        if (masked is null)
        {
            return string.Join(" AND ", all.Select(layer => $"({Write(layer)})"));
        }

        var walk = new JointWalk<string>(all, Value, If);
        return walk.Result(MaxOutcomes) ?? HideRestricted(all);
    }

    /// <summary>
    /// Whether <paramref name="layer"/> adds no restriction to <paramref name="other"/>, judged by their SQL: every reader that it
    /// restricts, the other restricts in the same way, or shows nothing.
    /// </summary>
    public bool IsCovered(GuardLayer layer, GuardLayer other) => layer.IsOpen || new JointWalk<object>(
        [layer, other],
        shown => IsCovered(shown[0], shown[1]) ? true : null!,
        (_, yes, no) => yes is not null && no is not null ? true : null!).Result(MaxOutcomes) is not null;

    /// <summary>The same for what a layer shows to one reader.</summary>
    public bool IsCovered(string? shows, string? by) => shows is null || shows == by || by == hidden;

    private string Value(IReadOnlyList<string?> shown)
    {
        List<string> values = [.. shown.OfType<string>().Distinct(StringComparer.Ordinal)];
        return values.Count == 0 ? open
            : values.Count == 1 ? values[0]
            : values.Contains(hidden) || values.Count > MaxCompared || masked!.Type?.Family is null or TypeFamily.Other ? hidden
            : values.Aggregate(Alike);
    }

    // A value equal to the column's own is no restriction: then both show the other one.
    private string Alike(string one, string other) =>
        $"CASE WHEN {one} <=> {other} THEN {one} WHEN {one} <=> {open} THEN {other} WHEN {other} <=> {open} THEN {one} ELSE {hidden} END";

    private string HideRestricted(List<GuardLayer> layers)
    {
        var restricted = string.Join(" OR ", layers.Select(layer => $"({Case(layer, shows => shows is null ? TruthTable.Never : TruthTable.Always, TruthTable.Never)})"));
        return If(restricted, hidden, open);
    }

    private string Case(GuardLayer layer, Func<string?, string> write, string? otherwise = null)
    {
        var whole = layer.Branches.TakeWhile(branch => !branch.MeetsAll).Count();
        var last = whole < layer.Branches.Count ? write(layer.Branches[whole].Shows) : otherwise ?? open;
        return whole == 0 ? last
            : $"CASE {string.Join(' ', layer.Branches.Take(whole).Select(branch => $"WHEN {branch.When} THEN {write(branch.Shows)}"))} ELSE {last} END";
    }

    /// <summary>One of two, by a condition.</summary>
    public static string If(string when, string then, string otherwise) =>
        then == otherwise ? then : $"CASE WHEN {when} THEN {then} ELSE {otherwise} END";

    /// <summary>
    /// Walks through all combinations of what layers show to one reader. A condition that occurs in several layers has one answer.
    /// </summary>
    private sealed class JointWalk<T>(IReadOnlyList<GuardLayer> layers, Func<IReadOnlyList<string?>, T> leaf, Func<string, T, T, T> choose)
        where T : class
    {
        private readonly Dictionary<string, bool> _known = new(StringComparer.Ordinal);
        private readonly List<string?> _shown = [];
        private int _left;

        /// <summary>The result; null when there are more combinations than may be.</summary>
        public T? Result(int most)
        {
            _left = most;
            var result = Walk(0, 0);
            return _left < 0 ? null : result;
        }

        private T Walk(int layer, int at)
        {
            if (_left < 0 || layer == layers.Count)
            {
                _left--;
                return leaf(_left < 0 ? [.. layers.Select(_ => (string?)null)] : _shown);
            }

            var branches = layers[layer].Branches;
            while (at < branches.Count && !branches[at].MeetsAll && _known.TryGetValue(branches[at].When, out var meets) && !meets)
            {
                at++;
            }

            if (at == branches.Count || branches[at].MeetsAll || _known.ContainsKey(branches[at].When))
            {
                return Next(layer, at == branches.Count ? null : branches[at].Shows);
            }

            var when = branches[at].When;
            _known[when] = true;
            var yes = Next(layer, branches[at].Shows);
            _known[when] = false;
            var no = Walk(layer, at + 1);
            _known.Remove(when);
            return choose(when, yes, no);
        }

        private T Next(int layer, string? shows)
        {
            _shown.Add(shows);
            var result = Walk(layer + 1, 0);
            _shown.RemoveAt(_shown.Count - 1);
            return result;
        }
    }
}
