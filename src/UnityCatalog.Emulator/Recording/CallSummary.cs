namespace UnityCatalog.Emulator.Recording;

/// <summary>How often each route was called, in all and per securable.</summary>
internal sealed record CallSummary(
    long Total, IReadOnlyDictionary<string, int> Routes, IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> Securables, long Forgotten)
{
    public static CallSummary Of(IReadOnlyList<CallRecord> calls, long forgotten) => new(
        calls.Count,
        Count(calls),
        calls.Where(call => call.Securable is not null)
            .GroupBy(call => call.Securable!, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, Count),
        forgotten);

    private static IReadOnlyDictionary<string, int> Count(IEnumerable<CallRecord> calls) => calls
        .GroupBy(call => $"{call.Method} {call.Route}", StringComparer.Ordinal)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Count());
}
