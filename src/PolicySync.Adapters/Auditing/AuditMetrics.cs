using System.Diagnostics.Metrics;
using System.Text.Json;
using PolicySync.Core.Auditing;
using PolicySync.Core.Telemetry;

namespace PolicySync.Adapters.Auditing;

/// <summary>Counts events of the audit stream, by the names of <see cref="MetricNames"/>. Without sinks there is nothing to see.</summary>
internal sealed class AuditMetrics
{
    private readonly Counter<long> _sent;
    private readonly Counter<long> _dropped;

    public AuditMetrics(IMeterFactory meters, IReadOnlyList<AuditReader> readers, TimeProvider time)
    {
        var meter = meters.Create(MetricNames.Meter);
        _sent = meter.CreateCounter<long>(MetricNames.AuditSent, "{event}", "Events of the audit stream that a sink has, by type and sink.");
        _dropped = meter.CreateCounter<long>(MetricNames.AuditDropped, "{event}", "Events of the audit stream that were dropped, by sink.");
        meter.CreateObservableGauge(MetricNames.AuditSpooled, () => readers.Select(reader => new Measurement<long>(reader.Waiting, Tag(reader.Sink.Name))),
            "{event}", "Events of the audit stream that wait for a sink, by sink.");
        meter.CreateObservableGauge(MetricNames.AuditLag, () => readers.Select(reader => new Measurement<double>(
                reader.Oldest is { } oldest ? Math.Max(0, (time.GetUtcNow() - oldest).TotalSeconds) : 0, Tag(reader.Sink.Name))),
            "s", "Age of the oldest of them; 0 when there is none.");
        foreach (var reader in readers)
        {
            _dropped.Add(0, Tag(reader.Sink.Name));
            foreach (var type in AuditEvents.Types)
            {
                Add(type, reader.Sink.Name, 0);
            }
        }
    }

    public void RecordSent(string sink, IReadOnlyList<ReadOnlyMemory<byte>> lines)
    {
        foreach (var type in lines.CountBy(TypeOf))
        {
            Add(type.Key, sink, type.Value);
        }
    }

    public void RecordDropped(string sink, long count) => _dropped.Add(count, Tag(sink));

    private void Add(string type, string sink, long count) => _sent.Add(count, new("type", type), Tag(sink));

    private static KeyValuePair<string, object?> Tag(string sink) => new("sink", sink);

    private static string TypeOf(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return AuditEvents.Types.FirstOrDefault(type => json.RootElement.GetProperty("type").ValueEquals(type)) ?? "OTHER";
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "OTHER"; // damaged on the disk
        }
    }
}
