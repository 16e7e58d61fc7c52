using System.Globalization;

namespace PolicySync.Testing;

/// <summary>
/// How many objects the tests of large estates make. <c>POLICYSYNC_LARGE</c> sets it, so that a command can try more than a run of the
/// tests has time for.
/// </summary>
public static class LargeCount
{
    private const int InTestRun = 2_000;

    /// <summary>At least 1,000; a multiple of 1,000.</summary>
    public static int Value { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("POLICYSYNC_LARGE"), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? Math.Max(1, count / 1_000) * 1_000
            : InTestRun;
}
