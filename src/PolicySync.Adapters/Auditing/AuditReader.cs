using System.Globalization;
using System.Text.Json;

namespace PolicySync.Adapters.Auditing;

/// <summary>A sink and its place in the spool. Its members are called under the lock of the stream, except where they say otherwise.</summary>
internal sealed class AuditReader(IAuditSink sink, SpoolPlace place, long waiting) : IDisposable
{
    private readonly SemaphoreSlim _news = new(0);
    private long _waiting = waiting;
    private long _oldestTicks;

    public IAuditSink Sink => sink;

    /// <summary>The place of the next event to be sent.</summary>
    public SpoolPlace Place { get; private set; } = place;

    /// <summary>Events that wait. Read by anyone.</summary>
    public long Waiting => Volatile.Read(ref _waiting);

    /// <summary>When the oldest event that waits happened; null without any. Read by anyone.</summary>
    public DateTimeOffset? Oldest => Volatile.Read(ref _oldestTicks) is > 0 and var ticks && Waiting > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    public void Add(long count) => Volatile.Write(ref _waiting, _waiting + count);

    public void Advance(SpoolPlace next, long count)
    {
        Place = next;
        Volatile.Write(ref _waiting, Math.Max(0, _waiting - count));
    }

    /// <summary>Notes what is sent next.</summary>
    public void Begin(IReadOnlyList<ReadOnlyMemory<byte>> lines) => Volatile.Write(ref _oldestTicks, lines.Count > 0 ? TimeOf(lines[0]) : 0);

    /// <summary>Tells that there are events. Called by anyone.</summary>
    public void Wake()
    {
        if (_news.CurrentCount == 0)
        {
            _news.Release();
        }
    }

    /// <summary>Waits for events. Called by the one that sends.</summary>
    public Task NewsAsync(CancellationToken cancellation) => _news.WaitAsync(cancellation);

    public void Dispose()
    {
        _news.Dispose();
        sink.Dispose();
    }

    private static long TimeOf(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.TryGetProperty("time", out var time)
                && DateTimeOffset.TryParse(time.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.UtcTicks : 0;
        }
        catch (JsonException)
        {
            return 0; // damaged on the disk
        }
    }
}
