using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Telemetry;

/// <summary>
/// Carries the id of the task that work is done for into spans and log lines, also across grain calls. Only the service sets it;
/// it is never read from a caller's headers.
/// </summary>
public static class TaskTrace
{
    /// <summary>Source of the spans that the grains start. Orleans starts those of grain calls.</summary>
    public const string SourceName = "PolicySync";

    /// <summary>Span of a task, from its start in a process until it ends or is handed over.</summary>
    public const string TaskSpan = "policysync.task";

    /// <summary>Span of one run on one securable. It is linked to all calls that share the run.</summary>
    public const string RunSpan = "policysync.run";

    /// <summary>Tag: the task's id. On a span that serves several tasks, the first one's.</summary>
    public const string TaskTag = "policysync.task.id";

    /// <summary>Tag of <see cref="RunSpan"/>: ids of all tasks that share the run, at most <see cref="MaxTasks"/>.</summary>
    public const string TasksTag = "policysync.task.ids";

    /// <summary>Tag of <see cref="RunSpan"/>: full name of the securable.</summary>
    public const string SecurableTag = "policysync.securable";

    /// <summary>Name of the scope in log lines.</summary>
    public const string LogScope = "TaskId";

    /// <summary>Most tasks that the span of a run names and is linked to.</summary>
    public const int MaxTasks = 32;

    private const string ContextKey = "policysync.task";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The id of the present trace, 32 hexadecimal digits; null without one, and where it is not recorded.</summary>
    public static string? RecordedId => Activity.Current is { Recorded: true, IdFormat: ActivityIdFormat.W3C } activity ? activity.TraceId.ToHexString() : null;

    /// <summary>The task that the present call is made for; null when there is none.</summary>
    public static string? Current => RequestContext.Get(ContextKey) as string;

    /// <summary>Marks everything that the present method does and calls from here on as done for a task.</summary>
    public static void Mark(TaskId id)
    {
        var text = id.ToString();
        RequestContext.Set(ContextKey, text);
        Activity.Current?.SetTag(TaskTag, text);
    }

    /// <summary>Starts the span and the log scope of a task. Dispose the result at its end.</summary>
    internal static IDisposable BeginTask(ILogger logger, TaskId id)
    {
        Mark(id);
        return new Both(Source.StartActivity(TaskSpan)?.SetTag(TaskTag, id.ToString()), Scope(logger, id.ToString()));
    }

    /// <summary>Starts the span and the log scope of a run. The first of <paramref name="callers"/> is its parent.</summary>
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

    /// <summary>Adds the task's id to all log lines until the result is disposed.</summary>
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

/// <summary>A caller of a run: its task, and the span of its call.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RunCaller(long TaskId, ActivityContext Context)
{
    /// <summary>The caller whose call is being answered.</summary>
    public static RunCaller Now(long taskId) => new(taskId, Activity.Current?.Context ?? default);
}
