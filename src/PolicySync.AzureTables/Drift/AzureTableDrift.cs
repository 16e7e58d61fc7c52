using Azure;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.AzureTables.Tasks;
using PolicySync.Core;
using PolicySync.Core.Drift;
using PolicySync.Core.Securables;

namespace PolicySync.AzureTables.Drift;

/// <summary>
/// The differences of securables, a row for each securable that has some (docs/storage.md). All rows are one partition, so that a page of
/// a list is one range of keys.
/// </summary>
internal sealed class AzureTableDrift(TableStorage storage) : IDriftStore
{
    private const string Partition = "all";
    private const string EntriesColumn = "Entries";

    private readonly Table _table = storage.Table(storage.Options.TablePrefix + "Drift");

    public async Task<DriftRecord?> FindAsync(string key, CancellationToken cancellation) =>
        await _table.ReadAsync(Partition, key, cancellation) is { } row ? Read(row) : null;

    public async Task<bool> SetAsync(DriftRecord record, CancellationToken cancellation)
    {
        try
        {
            await (record.Version is { } version
                ? _table.UpdateAsync(Write(record), new ETag(version), TableUpdateMode.Replace, cancellation)
                : _table.InsertAsync(Write(record), cancellation));
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            return false;
        }
    }

    public async Task<bool> RemoveAsync(DriftRecord record, CancellationToken cancellation)
    {
        try
        {
            await _table.DeleteAsync(Partition, DriftId.KeyOf(record.Securable), new ETag(record.Version ?? ""), cancellation);
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 412)
        {
            return false;
        }
    }

    public async Task<IReadOnlyList<DriftRecord>> ListAsync(string? from, int count, CancellationToken cancellation)
    {
        var records = new List<DriftRecord>();
        var first = from ?? "";
        await foreach (var row in _table.QueryAsync(
            TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey ge {first}"), Math.Min(count, 1_000), columns: null, cancellation))
        {
            if (Read(row) is { } record)
            {
                records.Add(record);
            }

            if (records.Count == count)
            {
                break;
            }
        }

        return records;
    }

    private static TableEntity Write(DriftRecord record)
    {
        var row = new TableEntity(Partition, DriftId.KeyOf(record.Securable))
        {
            ["Type"] = WireNames.Of(record.Securable.Type),
            ["FullName"] = record.Securable.FullName,
            ["Count"] = record.Entries.Count,
        };
        Packed.Write(row, EntriesColumn, Packed.Pack(record.Entries));
        return row;
    }

    // A type that only a newer version knows is left to that version.
    private static DriftRecord? Read(TableEntity row) => WireNames.TryParse<SecurableType>(row.GetString("Type"), out var type)
        ? new DriftRecord(Securable.Parse(type, row.GetString("FullName")), Packed.Read<List<DriftEntry>>(row, EntriesColumn), row.ETag.ToString())
        : null;
}
