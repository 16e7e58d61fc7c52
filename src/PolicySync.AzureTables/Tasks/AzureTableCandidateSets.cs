using PolicySync.AzureTables.Tables;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>Candidate sets of plans (docs/storage.md).</summary>
internal sealed class AzureTableCandidateSets(TableStorage storage, TimeProvider time) : ICandidateSets
{
    /// <summary>The table's name behind the prefix.</summary>
    public const string TableName = "PlanPolicies";

    /// <summary>The column with the time since which a set is kept.</summary>
    public const string CreateTime = "CreateTime";

    private readonly ContentRows _rows = new(storage.Table(storage.Options.TablePrefix + TableName));

    public Task PutAsync(string hash, byte[] packed, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        return _rows.PutAsync(hash, packed, row => row[CreateTime] = now, cancellation);
    }

    public Task<byte[]?> FindAsync(string hash, CancellationToken cancellation) => _rows.FindAsync(hash, cancellation);
}
