using PolicySync.Core.Securables;

namespace PolicySync.Core.Tasks;

/// <summary>A task as a list shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Status">Its status; of an open task as the store last heard.</param>
/// <param name="Message">At most 256 characters.</param>
/// <param name="Outcome">Null until it has ended.</param>
/// <param name="Type">The task type as it was asked for; at most 256 characters.</param>
/// <param name="CreateTime">When it was accepted.</param>
/// <param name="StartTime">When work on it began; null before.</param>
/// <param name="EndTime">When it ended; null before.</param>
public sealed record TaskSummary(
    TaskId Id, SyncTaskStatus Status, string Message, SyncTaskOutcome? Outcome, string Type,
    DateTimeOffset CreateTime, DateTimeOffset? StartTime, DateTimeOffset? EndTime)
{
    /// <summary>How much of a text a list shows.</summary>
    public const int ShownText = 256;

    /// <summary>Most characters of names of resources that are kept for lists.</summary>
    public const int MaxResourcesText = 1_024;

    // No name of a securable has a space.
    private const string NoSecurable = " (names no securable)";

    /// <summary>The subject of the token with which it was requested; null for tasks of the service, and of builds that did not keep it for lists.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>Where its event came from; null without one.</summary>
    public string? Source { get; init; }

    /// <summary>The first of its resources, as far as they fit: <c>table main.sales.customers</c>.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>The number of its resources; null in rows of builds that did not keep them for lists.</summary>
    public int? ResourceCount { get; init; }

    /// <summary>Whether <see cref="Resources"/> has all of them.</summary>
    public bool HasAllResources => ResourceCount == Resources.Count;

    /// <summary>What a list shows of <paramref name="task"/>.</summary>
    public static TaskSummary Of(SyncTask task) => new(
        task.Id, task.Status, Cut(task.Message), task.Outcome, Cut(task.Request.Type), task.CreateTime, task.StartTime, task.EndTime)
    {
        RequestedBy = task.Request.Subject,
        Source = task.Request.Event?.Source is { } source ? Cut(source) : null,
        Resources = [.. NamesOf(task.Request.Resources)],
        ResourceCount = task.Request.Resources.Count,
    };

    /// <summary>The text as far as a list shows it.</summary>
    public static string Cut(string text) => text.Length <= ShownText ? text : text[..ShownText];

    /// <summary>How a list shows a resource: its canonical name, or what the caller wrote where that names no securable.</summary>
    public static string NameOf(RequestedResource resource)
    {
        if (resource.Securable is { } securable)
        {
            return $"{resource.Type} {securable.FullName}";
        }

        var written = Cut(Plain($"{resource.Type} {string.Join('.', SecurableTypes.AllLevels.Select(level => resource.Values.GetValueOrDefault(level)).OfType<string>())}"));
        return ResourceOf(written) is null ? written : written + NoSecurable; // a list must not show it as a securable that it is not
    }

    /// <summary>The resource that <see cref="NameOf"/> shows as <paramref name="name"/>; null when that names no securable.</summary>
    public static RequestedResource? ResourceOf(string name) =>
        name.IndexOf(' ', StringComparison.Ordinal) is > 0 and var space ? RequestedResource.Parse(name[..space], name[(space + 1)..]) : null;

    private static IEnumerable<string> NamesOf(IReadOnlyList<RequestedResource> resources)
    {
        var left = MaxResourcesText;
        foreach (var resource in resources)
        {
            var name = NameOf(resource);
            if ((left -= name.Length + 1) < 0)
            {
                yield break;
            }

            yield return name;
        }
    }

    // A caller's text must not break a log line or a list of lines.
    private static string Plain(string text) => string.Concat(text.Take(ShownText).Select(c => char.IsControl(c) ? '\uFFFD' : c));
}

/// <summary>Part of a list of tasks.</summary>
/// <param name="Tasks">In the order of the list.</param>
/// <param name="Next">Where to read on: after this task; null at the end. Parts may be short, or empty, before the end.</param>
public sealed record TaskSlice(IReadOnlyList<TaskSummary> Tasks, TaskId? Next);
