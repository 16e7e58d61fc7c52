namespace UnityCatalog.Emulator.Tests;

/// <summary>A clock that a test moves. Timers are left to the system: no test of ours waits on one.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _milliseconds = 1_800_000_000_000;

    public override long TimestampFrequency => 1000;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Interlocked.Read(ref _milliseconds));

    public override long GetTimestamp() => Interlocked.Read(ref _milliseconds);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _milliseconds, (long)by.TotalMilliseconds);
}
