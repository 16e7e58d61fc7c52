using System.Text.Json;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// A new task on its way from the process that accepted it to the silo that drives it. The request travels as JSON, as
/// it is stored: a member that one side does not know is no reason for the other to fail.
/// </summary>
[GenerateSerializer, Alias("ps.accepted-task"), Immutable]
public sealed record AcceptedTask([property: Id(0)] byte[] RequestJson, [property: Id(1)] DateTimeOffset CreateTime)
{
    /// <summary>What the driver of <paramref name="task"/> needs to know.</summary>
    public static AcceptedTask Of(SyncTask task) => new(JsonSerializer.SerializeToUtf8Bytes(task.Request), task.CreateTime);

    /// <summary>The task as it was accepted.</summary>
    public SyncTask ToTask(TaskId id) => new()
    {
        Id = id,
        Request = JsonSerializer.Deserialize<SyncRequest>(RequestJson)!,
        CreateTime = CreateTime,
    };
}
