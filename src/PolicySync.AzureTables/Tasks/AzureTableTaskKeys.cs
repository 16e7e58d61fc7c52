using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using PolicySync.AzureTables.Tables;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>Claims of keys (docs/storage.md). A row that is older than a key is kept counts as absent until a sweep deletes it.</summary>
internal sealed class AzureTableTaskKeys(TableStorage storage, IOptions<TasksOptions> options, TimeProvider time) : ITaskKeys
{
    /// <summary>The table's name behind the prefix.</summary>
    public const string TableName = "TaskKeys";

    /// <summary>The partition is this many characters of the key's hash, which makes 256 partitions.</summary>
    private const int PartitionLength = 2;

    private const string CreateTime = "CreateTime";
    private const string Task = "TaskId";
    private const string Fingerprint = "Fingerprint";

    private readonly Table _table = storage.Table(storage.Options.TablePrefix + TableName);

    public async Task<TaskKeyClaim> ClaimAsync(TaskKey key, TaskId task, CancellationToken cancellation)
    {
        try
        {
            var answer = await _table.InsertAsync(Row(key, task), cancellation);
            return new TaskKeyClaim(task, key.Fingerprint, IsNew: true, answer.Headers.ETag?.ToString());
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            return await StandingAsync(key, task, cancellation);
        }
    }

    public async Task<TaskKeyClaim> ReplaceAsync(TaskKey key, TaskKeyClaim claim, TaskId task, CancellationToken cancellation)
    {
        try
        {
            var answer = await _table.UpdateAsync(Row(key, task), new ETag(claim.Version ?? ""), TableUpdateMode.Replace, cancellation);
            return new TaskKeyClaim(task, key.Fingerprint, IsNew: true, answer.Headers.ETag?.ToString());
        }
        catch (RequestFailedException e) when (e.Status is 412 or 404)
        {
            return await StandingAsync(key, task, cancellation);
        }
    }

    private async Task<TaskKeyClaim> StandingAsync(TaskKey key, TaskId task, CancellationToken cancellation)
    {
        if (await _table.ReadAsync(key.Hash[..PartitionLength], key.Hash, cancellation) is not { } row)
        {
            return await ClaimAsync(key, task, cancellation); // a sweep has deleted it meanwhile
        }

        var standing = new TaskKeyClaim(
            TaskId.TryParse(row.GetString(Task), out var named) ? named : default, row.GetString(Fingerprint) ?? "", IsNew: false, row.ETag.ToString());
        if (standing.Task == task)
        {
            return standing with { IsNew = true }; // the insert was sent twice, as its answer was lost
        }

        return row.GetDateTimeOffset(CreateTime) + TaskKey.KeptFor(options.Value) > time.GetUtcNow()
            ? standing
            : await ReplaceAsync(key, standing, task, cancellation);
    }

    private TableEntity Row(TaskKey key, TaskId task) => new(key.Hash[..PartitionLength], key.Hash)
    {
        [Task] = task.ToString(),
        [Fingerprint] = key.Fingerprint,
        [CreateTime] = time.GetUtcNow(),
    };
}
