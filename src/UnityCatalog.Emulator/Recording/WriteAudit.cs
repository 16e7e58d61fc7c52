namespace UnityCatalog.Emulator.Recording;

/// <param name="Overlaps">Pairs of writes on one securable of which the second began before the first had ended.</param>
/// <param name="MissingReads">Pairs of different writes without a full read of permissions between them.</param>
internal sealed record OverlapReport(IReadOnlyList<WritePair> Overlaps, IReadOnlyList<WritePair> MissingReads);

internal sealed record WritePair(string Securable, CallRecord First, CallRecord Second);

/// <summary>
/// Looks for writers that get in each other's way. Unity Catalog has no compare-and-set on grants
/// (reference §1.2), so only its callers can prevent it, and only an observer can tell.
/// </summary>
internal static class WriteAudit
{
    public static OverlapReport Of(IReadOnlyList<CallRecord> calls)
    {
        var overlaps = new List<WritePair>();
        var missing = new List<WritePair>();
        foreach (var group in calls.Where(call => call.Securable is not null).GroupBy(call => call.Securable!, StringComparer.Ordinal))
        {
            var onSecurable = group.ToList();
            var writes = onSecurable.FindAll(call => call.IsPermissionsWrite);
            FindOverlaps(group.Key, writes, overlaps);
            for (var i = 1; i < writes.Count; i++)
            {
                var (first, second) = (writes[i - 1], writes[i]);
                if (first.Body != second.Body && !HasFullReadBetween(onSecurable, first, second))
                {
                    missing.Add(new WritePair(group.Key, first, second));
                }
            }
        }

        return new OverlapReport(overlaps, missing);
    }

    private static void FindOverlaps(string securable, List<CallRecord> writes, List<WritePair> found)
    {
        CallRecord? longest = null;
        foreach (var write in writes)
        {
            if (longest is not null && write.StartMs < End(longest))
            {
                found.Add(new WritePair(securable, longest, write));
            }

            if (longest is null || End(write) > End(longest))
            {
                longest = write;
            }
        }
    }

    private static bool HasFullReadBetween(List<CallRecord> calls, CallRecord first, CallRecord second)
    {
        var begun = calls.Find(call => call.BeginsFullRead && call.StartMs >= End(first) && call.Sequence < second.Sequence);
        return begun is not null && calls.Exists(call =>
            call.EndsFullRead && call.Sequence >= begun.Sequence && End(call) <= second.StartMs);
    }

    private static double End(CallRecord call) => call.EndMs ?? double.PositiveInfinity;
}
