using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Telemetry;

/// <summary>
/// Carries the id of the task that work is done for: into spans, into log lines, and with each grain call to wherever it
/// is answered. It is set by us alone and never read from a caller's headers.
/// </summary>
public static class TaskTrace
{
    /// <summary>Source of the spans that the grains begin themselves. Those of grain calls are Orleans' own.</summary>
    public const string SourceName = "PolicySync";

    /// <summary>Span of a task, from when a process takes it up until it ends or is handed over.</summary>
    public const string TaskSpan = "policysync.task";

    /// <summary>Span of one run on one securable. It is linked to the calls of all who share it.</summary>
    public const string RunSpan = "policysync.run";

    /// <summary>Tag: the task's id. On a span that serves several tasks, the first one's.</summary>
    public const string TaskTag = "policysync.task.id";

    /// <summary>Tag of <see cref="RunSpan"/>: ids of all tasks that share the run, at most <see cref="MaxTasks"/>.</summary>
    public const string TasksTag = "policysync.task.ids";

    /// <summary>Tag of <see cref="RunSpan"/>: full name of the securable.</summary>
    public const string SecurableTag = "policysync.securable";

    /// <summary>Name of the scope that log lines carry.</summary>
    public const string LogScope = "TaskId";

    /// <summary>Tasks of one run that its span names and is linked to.</summary>
    public const int MaxTasks = 32;

    private const string ContextKey = "policysync.task";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The task that the present call is made for; null when it is none.</summary>
    public static string? Current => RequestContext.Get(ContextKey) as string;

    /// <summary>Marks what the present method does from here on, and whatever it calls, as done for a task.</summary>
    public static void Mark(TaskId id)
    {
        var text = id.ToString();
        RequestContext.Set(ContextKey, text);
        Activity.Current?.SetTag(TaskTag, text);
    }

    /// <summary>Begins the span and the log scope of a task; dispose what it gives at the end.</summary>
    internal static IDisposable BeginTask(ILogger logger, TaskId id)
    {
        Mark(id);
        return new Both(Source.StartActivity(TaskSpan)?.SetTag(TaskTag, id.ToString()), Scope(logger, id.ToString()));
    }

    /// <summary>Begins the span and the log scope of a run for <paramref name="callers"/>, the first of them first.</summary>
    internal static IDisposable BeginRun(ILogger logger, string securable, IReadOnlyList<RunCaller> callers)
    {
        var first = new TaskId(callers[0].TaskId).ToString();
        RequestContext.Set(ContextKey, first);
        var activity = Source.StartActivity(
            RunSpan,
            ActivityKind.Internal,
            callers[0].Context,
            links: callers.Skip(1).Where(caller => caller.Context != default).Select(caller => new ActivityLink(caller.Context)));
        activity?.SetTag(TaskTag, first);
        activity?.SetTag(SecurableTag, securable);
        activity?.SetTag(TasksTag, callers.Select(caller => caller.TaskId.ToString(CultureInfo.InvariantCulture)).Distinct(StringComparer.Ordinal).ToArray());
        return new Both(activity, Scope(logger, first));
    }

    /// <summary>Log lines below it carry the task's id.</summary>
    public static IDisposable? Scope(ILogger logger, string taskId) =>
        logger.BeginScope(new Dictionary<string, object>(StringComparer.Ordinal) { [LogScope] = taskId });

    private sealed class Both(Activity? activity, IDisposable? scope) : IDisposable
    {
        public void Dispose()
        {
            scope?.Dispose();
            activity?.Dispose();
        }
    }
}

/// <summary>Who joined a run: its task, and the span that it came from.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RunCaller(long TaskId, ActivityContext Context)
{
    /// <summary>The caller whose call is being answered now.</summary>
    public static RunCaller Now(long taskId) => new(taskId, Activity.Current?.Context ?? default);
}
