namespace PolicySync.Cluster.Tests.Auditing;

/// <summary>How often each change was made, or was told. A change is a line such as <c>GRANT table main.sales.orders analysts SELECT</c>.</summary>
internal sealed class ChangeCounts
{
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    public int Total => _counts.Values.Sum();

    public void Add(string change) => _counts[change] = _counts.GetValueOrDefault(change) + 1;

    public void AddGrant(string action, string securable, string principal, string privilege) => Add($"{action} {securable} {principal} {privilege}");

    /// <summary>A row filter, or the mask of a column, and the function that it has now; null for none.</summary>
    public void AddGuard(string table, string? column, string? function) =>
        Add($"{(column is null ? $"ROW_FILTER {table}" : $"COLUMN_MASK {table} {column}")} = {function ?? "none"}");

    /// <summary>What was made and not told, or told and not made, a line each; empty when both are the same.</summary>
    public static IReadOnlyList<string> Compare(ChangeCounts made, ChangeCounts told) =>
    [
        .. from change in made._counts.Keys.Union(told._counts.Keys).Order(StringComparer.Ordinal)
           let times = (Made: made._counts.GetValueOrDefault(change), Told: told._counts.GetValueOrDefault(change))
           where times.Made != times.Told
           select $"{change}: made {times.Made} times, told {times.Told} times",
    ];
}
