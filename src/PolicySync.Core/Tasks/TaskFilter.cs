using PolicySync.Core.Securables;

namespace PolicySync.Core.Tasks;

/// <summary>Which tasks to list. A member that is null selects all.</summary>
public sealed record TaskFilter
{
    /// <summary>All tasks.</summary>
    public static TaskFilter All { get; } = new();

    /// <summary>Their status.</summary>
    public SyncTaskStatus? Status { get; init; }

    /// <summary>How they ended. Open tasks have no outcome.</summary>
    public SyncTaskOutcome? Outcome { get; init; }

    /// <summary>The task type, compared exactly.</summary>
    public string? Type { get; init; }

    /// <summary>Where their event came from, compared exactly.</summary>
    public string? Source { get; init; }

    /// <summary>The subject that requested them, compared exactly.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>A securable that they were requested for.</summary>
    public NamedSecurable? Securable { get; init; }

    /// <summary>Created at this time or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Created before this time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Whether nothing but the status is asked for.</summary>
    public bool IsStatusOnly => this == (All with { Status = Status });

    /// <summary>Whether no task that has not ended can be meant.</summary>
    public bool IsOfEnded => Status?.IsTerminal() is true || Outcome is not null;

    /// <summary>Whether the task is among those asked for. Its resources are judged as far as the summary has them.</summary>
    public bool Matches(TaskSummary task) =>
        MatchesState(task) && MatchesRequest(task) && (Securable is null || task.Resources.Any(Securable.IsShownAs));

    /// <summary>Whether status and outcome, which change while a task runs, are those asked for.</summary>
    public bool MatchesState(TaskSummary task) =>
        (Status is null || task.Status == Status) && (Outcome is null || task.Outcome == Outcome);

    /// <summary>Whether what never changes is as asked for, without the securable.</summary>
    public bool MatchesRequest(TaskSummary task) =>
        (Type is null || task.Type == Type)
        && (Source is null || task.Source == Source)
        && (RequestedBy is null || task.RequestedBy == RequestedBy)
        && (From is not { } from || task.CreateTime >= from)
        && (To is not { } to || task.CreateTime < to);

    /// <summary>A text that is equal for equal filters only.</summary>
    public override string ToString() => string.Join(
        '\n', Status, Outcome, Type, Source, RequestedBy, Securable, From?.UtcTicks, To?.UtcTicks);
}

/// <summary>A securable that a search is for: by its full name, of any type or of one.</summary>
/// <param name="Type">Its type; null for any.</param>
/// <param name="FullName">In canonical case.</param>
public sealed record NamedSecurable(SecurableType? Type, string FullName)
{
    /// <summary>Reads <c>main.sales.customers</c> or <c>table main.sales.customers</c>; null when it is neither.</summary>
    public static NamedSecurable? TryParse(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is not (1 or 2) || words[^1].Split('.') is not { Length: <= 3 } names || !Array.TrueForAll(names, name => SecurableName.Fault(name) is null))
        {
            return null;
        }

        var type = words.Length == 2 ? new RequestedResource(words[0], new Dictionary<string, string>()).SecurableType : null;
        return words.Length == 2 && type?.Depth() != names.Length ? null : new NamedSecurable(type, UnityName.Lower(words[^1]));
    }

    /// <summary>Whether a request names it among its resources.</summary>
    public bool IsNamedBy(SyncRequest request) => request.Resources.Any(resource => IsShownAs(TaskSummary.NameOf(resource)));

    /// <summary>Whether <see cref="TaskSummary.NameOf"/> shows this securable so.</summary>
    public bool IsShownAs(string name)
    {
        var space = name.IndexOf(' ', StringComparison.Ordinal);
        return name.AsSpan(space + 1).SequenceEqual(FullName)
            && (Type is null || new RequestedResource(name[..space], new Dictionary<string, string>()).SecurableType == Type);
    }

    /// <inheritdoc/>
    public override string ToString() => Type is { } type ? $"{WireNames.Of(type)} {FullName}" : FullName;
}

/// <summary>Which results of a task to list. A member that is null selects all.</summary>
public sealed record ResultFilter
{
    /// <summary>All results.</summary>
    public static ResultFilter All { get; } = new();

    /// <summary>How the securable ended.</summary>
    public ResourceStatus? Status { get; init; }

    /// <summary>Whether a VERIFY task or a dry run found it to differ from policy.</summary>
    public bool? Drifted { get; init; }

    /// <summary>Whether it was changed, or would be in a dry run.</summary>
    public bool? Changed { get; init; }

    /// <summary>The wire name of the code of its error or of one of its gaps (the first <see cref="ResourceResult.MaxListed"/>).</summary>
    public string? Code { get; init; }

    /// <summary>Whether nothing but the status is asked for.</summary>
    public bool IsStatusOnly => this == (All with { Status = Status });

    /// <summary>Whether the result itself tells whether it is meant, and not its status, error and number of changes.</summary>
    public bool NeedsResult => Drifted is not null || (Code is not null && WireNames.TryParse<GapCode>(Code, out _));

    /// <summary>Only results of this status.</summary>
    public static ResultFilter Of(ResourceStatus? status) => new() { Status = status };

    /// <summary>Whether the result is among those asked for.</summary>
    public bool Matches(ResourceResult result) =>
        (Status is null || result.Status == Status)
        && (Drifted is null || result.Drifted == Drifted)
        && (Changed is null || result.ChangeCount > 0 == Changed)
        && (Code is null || (result.Error is { } error && WireNames.Of(error.Code) == Code) || result.Gaps.Any(gap => WireNames.Of(gap.Code) == Code));

    /// <summary>A text that is equal for equal filters only.</summary>
    public override string ToString() => string.Join('\n', Status, Drifted, Changed, Code);
}
