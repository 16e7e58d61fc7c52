using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.Core;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>
/// Maps a task to columns. Request and state are separate, so that saving progress does not send the request again. The plain
/// columns are for people and filters; only the packed ones are read back.
/// </summary>
internal static class TaskRow
{
    /// <summary>The column with the share of an open task, for reads of single columns. Rows of earlier builds lack it.</summary>
    public const string Share = "Share";

    /// <summary>The column that tells an insert that was sent twice from the row of another process.</summary>
    public const string Nonce = "Nonce";

    private const string RetriedBy = "RetriedBy";
    private const string Request = "Request";
    private const string State = "State";

    /// <summary>The columns that <see cref="ReadPlain"/> needs, with the row's key.</summary>
    public static readonly string[] Plain = ["RowKey", "Status", "Type", "Message", "CreateTime", "Outcome", "StartTime", "EndTime", "RequestedBy", "Source", "Resources", "ResourceCount"];

    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unsupported"/>: the task does not fit into a row.</exception>
    public static PackedTask Pack(SyncTask task)
    {
        var packed = new PackedTask(task, Packed.Pack(task.Request), PackState(task));
        return packed.Bytes <= Chunks.MaxBytes
            ? packed
            : throw new SyncException(
                SyncErrorCode.Unsupported, $"the request is too large to store: {packed.Bytes} bytes, at most {Chunks.MaxBytes} fit");
    }

    public static byte[] PackState(SyncTask task) => Packed.Pack(new StoredState
    {
        Status = task.Status,
        Outcome = task.Outcome,
        Message = task.Message,
        CreateTime = task.CreateTime,
        StartTime = task.StartTime,
        EndTime = task.EndTime,
        PolicyVersion = task.PolicyVersion,
        StalePolicies = task.StalePolicies,
        Progress = StoredProgress.Of(task.Progress),
        Drifted = task.Progress.Drifted,
        Total = task.Progress.Total,
        Exposed = task.Exposed,
        Cancel = task.Cancel,
        Failures = task.Failures,
        Cursor = task.Cursor,
    });

    public static void Write(TableEntity row, PackedTask packed)
    {
        Packed.Write(row, Request, packed.Request);
        WriteState(row, packed.Task, packed.State);
    }

    public static void WriteState(TableEntity row, SyncTask task, byte[] state)
    {
        WritePlain(row, TaskSummary.Of(task));
        Packed.Write(row, State, state);
    }

    /// <summary>Writes the columns that a list of tasks shows.</summary>
    public static void WritePlain(TableEntity row, TaskSummary summary)
    {
        row["Status"] = WireNames.Of(summary.Status);
        row["Type"] = summary.Type;
        row["Message"] = summary.Message;
        row["CreateTime"] = summary.CreateTime;
        row["Resources"] = string.Join('\n', summary.Resources);
        row["ResourceCount"] = summary.ResourceCount;
        Set(row, "RequestedBy", summary.RequestedBy);
        Set(row, "Source", summary.Source);
        Set(row, "Outcome", summary.Outcome is { } outcome ? WireNames.Of(outcome) : null);
        Set(row, "StartTime", summary.StartTime);
        Set(row, "EndTime", summary.EndTime);
    }

    public static TaskSummary ReadPlain(TaskId id, TableEntity row) => new(
        id,
        Named<SyncTaskStatus>(row, "Status") ?? SyncTaskStatus.InProgress, // a status of a newer version, which is not a final one known here
        row.GetString("Message") ?? "",
        Named<SyncTaskOutcome>(row, "Outcome"),
        row.GetString("Type") ?? "",
        row.GetDateTimeOffset("CreateTime") ?? id.Time,
        row.GetDateTimeOffset("StartTime"),
        row.GetDateTimeOffset("EndTime"))
    {
        RequestedBy = row.GetString("RequestedBy"),
        Source = row.GetString("Source"),
        Resources = row.GetString("Resources") is { Length: > 0 } names ? names.Split('\n') : [],
        ResourceCount = row.GetInt32("ResourceCount"),
    };

    /// <summary>What to merge into the row of a finished task that was retried.</summary>
    public static TableEntity RetryLink(string partition, string key, TaskId retry) => new(partition, key) { [RetriedBy] = retry.ToString() };

    private static T? Named<T>(TableEntity row, string column)
        where T : struct, Enum => WireNames.TryParse<T>(row.GetString(column), out var value) ? value : null;

    public static SyncTask Read(TaskId id, TableEntity row)
    {
        var state = Packed.Read<StoredState>(row, State);
        return new SyncTask
        {
            Id = id,
            Request = Packed.Read<SyncRequest>(row, Request),
            Status = state.Status,
            Outcome = state.Outcome,
            Message = state.Message,
            CreateTime = state.CreateTime,
            StartTime = state.StartTime,
            EndTime = state.EndTime,
            PolicyVersion = state.PolicyVersion,
            StalePolicies = state.StalePolicies,
            Progress = state.ToProgress(),
            Exposed = state.Exposed,
            Cancel = state.Cancel,
            RetriedBy = TaskId.TryParse(row.GetString(RetriedBy), out var retry) ? retry : null,
            Failures = state.Failures,
            Cursor = state.Cursor,
        };
    }

    /// <summary>Whether the task has not been saved since it was accepted.</summary>
    public static bool IsUnchangedSinceAcceptance(TableEntity row) =>
        Packed.Read<StoredState>(row, State) is { Status: SyncTaskStatus.New, StartTime: null, Cursor: null, Cancel: null };

    /// <summary>Whether the row's state is exactly <paramref name="state"/>, as <see cref="PackState"/> returns it.</summary>
    public static bool HasState(TableEntity row, byte[] state) => Packed.ReadBytes(row, State).SequenceEqual(state);

    private static void Set(TableEntity row, string column, object? value)
    {
        if (value is not null)
        {
            row[column] = value;
        }
    }

    /// <summary>
    /// The stored state of a task. It repeats members of <see cref="SyncTask"/>, which may change without changing stored rows.
    /// Members are only added, each with the default that older rows imply.
    /// </summary>
    private sealed record StoredState
    {
        public SyncTaskStatus Status { get; init; }

        public SyncTaskOutcome? Outcome { get; init; }

        public string Message { get; init; } = "";

        public DateTimeOffset CreateTime { get; init; }

        public DateTimeOffset? StartTime { get; init; }

        public DateTimeOffset? EndTime { get; init; }

        public long? PolicyVersion { get; init; }

        public bool StalePolicies { get; init; }

        public StoredProgress Progress { get; init; } = new(0, 0, 0, 0, 0, 0);

        public long Drifted { get; init; }

        public long? Total { get; init; }

        public TaskCancel? Cancel { get; init; }

        public long Exposed { get; init; }

        public IReadOnlyList<TaskFailure> Failures { get; init; } = [];

        public string? Cursor { get; init; }

        // Rows of builds that did not keep a total: an ended task has met all that it counts.
        public TaskProgress ToProgress() => new()
        {
            Discovered = Progress.Total,
            Total = Total ?? (Status.IsTerminal() && Progress.Total == Progress.Done ? Progress.Total : null),
            Done = Progress.Done,
            Changed = Progress.Changed,
            Failed = Progress.Failed,
            Skipped = Progress.Skipped,
            Gaps = Progress.Gaps,
            Drifted = Drifted,
        };
    }

    /// <summary>The counts as they are stored. <paramref name="Total"/> is what was met so far.</summary>
    private sealed record StoredProgress(long Total, long Done, long Changed, long Failed, long Skipped, long Gaps)
    {
        public static StoredProgress Of(TaskProgress progress) =>
            new(progress.Discovered, progress.Done, progress.Changed, progress.Failed, progress.Skipped, progress.Gaps);
    }
}

/// <summary>A task with its packed parts.</summary>
internal sealed record PackedTask(SyncTask Task, byte[] Request, byte[] State)
{
    public int Bytes => Request.Length + State.Length;
}
