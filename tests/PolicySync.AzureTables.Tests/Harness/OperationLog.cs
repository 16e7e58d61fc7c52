using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace PolicySync.AzureTables.Tests.Harness;

/// <summary>Counts the calls to tables of one prefix by the service's metric, until it is disposed.</summary>
internal sealed class OperationLog : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(string Table, string Operation), long> _counts = new();

    public OperationLog(string prefix)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "PolicySync", Name: "policysync.storage.operations" or "policysync.storage.query.rows" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            var (table, operation) = ((string)tags[0].Value!, tags.Length > 1 ? (string)tags[1].Value! : Rows);
            if (table.StartsWith(prefix, StringComparison.Ordinal))
            {
                _counts.AddOrUpdate((table[prefix.Length..], operation), count, (_, before) => before + count);
            }
        });
        _listener.Start();
    }

    /// <summary>Rows that answers to queries had.</summary>
    public const string Rows = "rows of queries";

    public long Of(string table, string operation) => _counts.GetValueOrDefault((table, operation));

    public override string ToString() =>
        string.Join(", ", _counts.Where(pair => pair.Key.Operation != Rows).OrderBy(pair => pair.Key).Select(pair => $"{pair.Key.Table}.{pair.Key.Operation}={pair.Value}"));

    public void Dispose() => _listener.Dispose();
}
