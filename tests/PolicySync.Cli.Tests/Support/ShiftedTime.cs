namespace PolicySync.Cli.Tests.Support;

/// <summary>The clock of a machine that is wrong by a constant time.</summary>
internal sealed class ShiftedTime(TimeSpan by) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
}
