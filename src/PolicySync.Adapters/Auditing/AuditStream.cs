using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PolicySync.Core.Auditing;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;

namespace PolicySync.Adapters.Auditing;

/// <summary>
/// The audit stream of a process: events are appended to a spool on disk, from which each sink gets them in order (docs/audit.md). Without
/// sinks it opens and writes nothing. Safe for concurrent use.
/// </summary>
internal sealed partial class AuditStream : IAuditStream, IDisposable
{
    private const long MiB = 1024 * 1024;
    private const string Full = "the spool is full, since a sink does not take events";
    private const int BatchBytes = 256 * 1024;

    /// <summary>Room that changes which are under way may need.</summary>
    private const long MostReserve = MiB;

    private static readonly TimeSpan BetweenLogs = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly AuditFolder? _folder;
    private readonly AuditSpool? _spool;
    private readonly AuditMetrics? _metrics;
    private readonly bool _required;
    private readonly long _reserve;
    private readonly TimeProvider _time;
    private readonly ILogger<AuditStream> _logger;
    private string? _fault;
    private long? _logged;
    private long _droppedSinceLog;

    /// <summary>Opens the spool, and starts nothing: <see cref="AuditPump"/> sends.</summary>
    public AuditStream(IOptions<AuditOptions> options, System.Diagnostics.Metrics.IMeterFactory meters, TimeProvider time, ILogger<AuditStream> logger)
    {
        (_time, _logger) = (time, logger);
        var audit = options.Value;
        if (audit.Sinks.Count == 0)
        {
            return;
        }

        _required = audit.Required;
        _folder = AuditFolder.Take(audit.Spool!);
        _spool = new AuditSpool(_folder.Path, audit.SpoolSize * MiB);
        _reserve = Math.Min(MostReserve, audit.SpoolSize * MiB / 4);
        Readers = [.. audit.Sinks.Select((sink, index) => Reader(sink, index))];
        _metrics = new AuditMetrics(meters, Readers, time);
        Release();
    }

    /// <inheritdoc/>
    public bool IsOn => _spool is not null;

    /// <summary>The sinks, each with its place.</summary>
    internal IReadOnlyList<AuditReader> Readers { get; } = [];

    /// <inheritdoc/>
    public void RequireRoom()
    {
        if (!_required)
        {
            return;
        }

        lock (_gate)
        {
            _fault = _fault is null ? null : _folder!.FaultOfWriting(); // nothing else would show that the disk has room again
            if ((_fault ?? (_spool!.HasRoomFor(_reserve) ? null : Full)) is { } fault)
            {
                throw NotKept(fault);
            }
        }
    }

    /// <inheritdoc/>
    public void Tell(IReadOnlyList<AuditEvent> events)
    {
        if (_spool is null || events.Count == 0)
        {
            return;
        }

        var lines = Encoding.UTF8.GetBytes(string.Concat(events.Select(told => told.Json + "\n")));
        lock (_gate)
        {
            if (!_spool.HasRoomFor(lines.Length))
            {
                MakeRoom(lines.Length);
            }

            Append(lines, events.Count);
        }

        foreach (var reader in Readers)
        {
            reader.Wake();
        }
    }

    /// <summary>The next events for a sink; none when it has all.</summary>
    internal (SpoolPlace From, IReadOnlyList<ReadOnlyMemory<byte>> Lines, SpoolPlace Next) Next(AuditReader reader)
    {
        lock (_gate)
        {
            var next = _spool!.Read(reader.Place, BatchBytes);
            reader.Begin(next.Lines);
            return (reader.Place, next.Lines, next.Next);
        }
    }

    /// <summary>Notes that a sink has events, but those that are too large for it. What is not noted is sent again after a restart.</summary>
    internal void Sent(AuditReader reader, IReadOnlyList<ReadOnlyMemory<byte>> lines, IReadOnlyList<ReadOnlyMemory<byte>> tooLarge, SpoolPlace from, SpoolPlace next)
    {
        _metrics!.RecordSent(reader.Sink.Name, [.. lines.Except(tooLarge)]);
        _metrics.RecordDropped(reader.Sink.Name, tooLarge.Count);
        lock (_gate)
        {
            if (reader.Place == from)
            {
                reader.Advance(next, lines.Count);
            } // else they were dropped meanwhile, and counted so

            _folder!.SavePlace(reader.Sink.Name, reader.Place);
            Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var reader in Readers)
        {
            reader.Dispose();
        }

        _spool?.Dispose();
        _folder?.Dispose();
    }

    private AuditReader Reader(AuditSink sink, int index)
    {
        var name = $"{sink.Kind!.Value.ToString().ToLowerInvariant()}-{index}";
        IAuditSink opened = sink.Kind switch
        {
            AuditSinkKind.Stdout => new StdoutAuditSink(name, StandardOutput.Stream),
            AuditSinkKind.EventHub => new EventHubAuditSink(name, sink),
            _ => new FileAuditSink(name, _folder!.NameFor(sink.Path!), sink.MaxSize * MiB, sink.Keep),
        };
        var place = _folder!.PlaceOf(name) is { } known ? _spool!.Within(known) : _spool!.Start;
        return new AuditReader(opened, place, _spool.CountFrom(place));
    }

    private void MakeRoom(long bytes)
    {
        if (_required)
        {
            throw NotKept(Full);
        }

        while (!_spool!.HasRoomFor(bytes) && _spool.Size > 0)
        {
            DropOldest();
        }
    }

    private void Append(byte[] lines, int count)
    {
        try
        {
            AppendOrDrop(lines);
            _fault = null;
            foreach (var reader in Readers)
            {
                reader.Add(count);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _fault = $"the spool cannot be written: {e.Message}";
            if (_required)
            {
                throw NotKept(_fault);
            }

            foreach (var reader in Readers)
            {
                Dropped(reader, count);
            }
        }
    }

    // A disk that is full takes the newest events in place of the oldest.
    private void AppendOrDrop(byte[] lines)
    {
        try
        {
            _spool!.Append(lines);
        }
        catch (IOException) when (!_required && _spool!.Size > 0)
        {
            DropOldest();
            _spool!.Append(lines);
        }
    }

    private void DropOldest()
    {
        var before = Readers.Select(reader => _spool!.CountFrom(reader.Place)).ToList();
        _spool!.DropOldest();
        foreach (var (reader, had) in Readers.Zip(before))
        {
            var place = _spool.Within(reader.Place);
            var left = _spool.CountFrom(place);
            reader.Advance(place, had - left);
            _folder!.SavePlace(reader.Sink.Name, place);
            Dropped(reader, had - left);
        }
    }

    private void Dropped(AuditReader reader, long count)
    {
        if (count == 0)
        {
            return;
        }

        _metrics!.RecordDropped(reader.Sink.Name, count);
        _droppedSinceLog += count;
        if (_logged is not { } last || _time.GetElapsedTime(last) >= BetweenLogs)
        {
            LogDropped(_droppedSinceLog, _fault ?? "the spool is full");
            (_logged, _droppedSinceLog) = (_time.GetTimestamp(), 0);
        }
    }

    private void Release() => _spool!.Release(Readers.Select(reader => reader.Place));

    private static SyncException NotKept(string fault) => new(SyncErrorCode.Unavailable,
        $"the audit stream cannot keep events, and `{AuditOptions.Section}:Required` lets nothing be changed without it: {fault}");

    [LoggerMessage(150, LogLevel.Error, "Dropped {Count} events of the audit stream: {Reason}")]
    private partial void LogDropped(long count, string reason);
}
