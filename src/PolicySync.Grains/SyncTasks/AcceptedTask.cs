using System.Text.Json;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Carries a new task from the process that accepted it to the silo that drives it. The request travels in its stored form, JSON,
/// so that a member which one side does not know does not fail the other.
/// </summary>
[GenerateSerializer, Alias("ps.accepted-task"), Immutable]
public sealed record AcceptedTask([property: Id(0)] byte[] RequestJson, [property: Id(1)] DateTimeOffset CreateTime)
{
    /// <summary>Packs a task.</summary>
    public static AcceptedTask Of(SyncTask task) => new(JsonSerializer.SerializeToUtf8Bytes(task.Request), task.CreateTime);

    /// <summary>The task as it was accepted.</summary>
    public SyncTask ToTask(TaskId id) => new()
    {
        Id = id,
        Request = JsonSerializer.Deserialize<SyncRequest>(RequestJson)!,
        CreateTime = CreateTime,
    };
}
