using PolicySync.AzureTables.Tables;
using PolicySync.Core.Policies.Watching;

namespace PolicySync.AzureTables.Policies;

/// <summary>The policies whose changes were dealt with last (docs/storage.md).</summary>
internal sealed class AzureTableWatchedSets(TableStorage storage) : IWatchedSets
{
    /// <summary>The table's name behind the prefix.</summary>
    public const string TableName = "WatchedPolicies";

    private readonly ContentRows _rows = new(storage.Table(storage.Options.TablePrefix + TableName));

    public Task PutAsync(string hash, byte[] stored, CancellationToken cancellation) => _rows.PutAsync(hash, stored, add: null, cancellation);

    public Task<byte[]?> FindAsync(string hash, CancellationToken cancellation) => _rows.FindAsync(hash, cancellation);

    public Task DeleteAsync(string hash, CancellationToken cancellation) => _rows.DeleteAsync(hash, cancellation);
}
