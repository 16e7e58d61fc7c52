using PolicySync.Core;
using PolicySync.Core.Errors;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>A securable to sync.</summary>
/// <param name="Securable">The securable.</param>
/// <param name="RequestedType">The type as the caller wrote it.</param>
/// <param name="IsSelfOnly">Whether it is a container of which nothing below is synced.</param>
internal sealed record TaskTarget(Securable Securable, string RequestedType, bool IsSelfOnly)
{
    /// <summary>Whether the contents of a container are listed and synced.</summary>
    public bool IsWalk => Securable.Type.IsContainer() && !IsSelfOnly;
}

/// <summary>The plan of a task: its targets, each securable once, and the resources that it skips.</summary>
internal sealed record TaskPlan(IReadOnlyList<TaskTarget> Targets, IReadOnlyList<ResourceResult> Skipped)
{
    /// <summary>Plans a request. Pure: a resumed task gets the same plan again.</summary>
    public static TaskPlan Of(SyncRequest request, Managed managed)
    {
        var targets = new List<TaskTarget>();
        var skipped = new List<ResourceResult>();
        foreach (var resource in request.Resources)
        {
            var (securable, fault) = Judge(resource, managed);
            if (!TaskTypes.IsKnown(request))
            {
                skipped.Add(Skip(resource, SyncErrorCode.Unsupported, $"task type `{Shown(request.Type)}` is not supported"));
            }
            else if (securable is null)
            {
                skipped.Add(Skip(resource, fault!.Code, fault.Message));
            }
            else
            {
                targets.Add(new TaskTarget(securable, resource.Type, resource.SelfOnly && securable.Type.IsContainer()));
            }
        }

        var walked = targets.Where(target => target.IsWalk).Select(target => target.Securable).ToHashSet();
        return new TaskPlan(
            [.. targets.Where(target => !target.IsSelfOnly || !walked.Contains(target.Securable)) // a walk does what a self-only sync does, never the reverse
                .DistinctBy(target => target.Securable)
                .Where(target => !target.Securable.Parents.Any(walked.Contains))],
            skipped);
    }

    private static (Securable? Securable, ResultError? Fault) Judge(RequestedResource resource, Managed managed)
    {
        if (resource.SecurableType is not { } type)
        {
            return Unsupported($"resource type `{Shown(resource.Type)}` is not supported");
        }

        // The name of a view is the value of `table` (vendor's page).
        var levels = type.Levels();
        if (levels.FirstOrDefault(level => !resource.Values.ContainsKey(level)) is { } missing)
        {
            return Unsupported($"a {resource.Type} needs `{missing}` among its values");
        }

        if (resource.Values.Keys.FirstOrDefault(key => !levels.Contains(key)) is { } extra)
        {
            return Unsupported($"a {resource.Type} has no value `{Shown(extra)}`");
        }

        foreach (var level in levels)
        {
            if (SecurableName.Fault(resource.Values[level]) is { } fault)
            {
                return Unsupported($"the {level} name `{Shown(resource.Values[level])}` {fault}");
            }
        }

        if (resource.Values.TryGetValue("catalog", out var catalog) && SecurableName.IsReservedCatalog(catalog))
        {
            return NotManaged($"catalog `{catalog}` is reserved by Databricks");
        }

        if (resource.Values.TryGetValue("schema", out var schema) && SecurableName.IsReservedSchema(schema))
        {
            return NotManaged($"schema `{schema}` is reserved by Databricks");
        }

        var securable = Securable.Of(type, [.. levels.Select(level => resource.Values[level])]);
        return managed.Covers(securable) || (type.IsContainer() && !resource.SelfOnly && managed.CouldCoverBelow(securable))
            ? (securable, null)
            : NotManaged($"{securable} is outside the managed set");

        static (Securable?, ResultError?) Unsupported(string message) => (null, new ResultError(SyncErrorCode.Unsupported, message));
        static (Securable?, ResultError?) NotManaged(string message) => (null, new ResultError(SyncErrorCode.NotManaged, message));
    }

    private static ResourceResult Skip(RequestedResource resource, SyncErrorCode code, string message) => ResourceResult.Skip(
        Shown(resource.Type),
        Shown(string.Join('.', SecurableTypes.AllLevels.Select(level => resource.Values.GetValueOrDefault(level)).OfType<string>())),
        code, message);

    // A caller's text is repeated in messages, shortened and without characters that could break a log line.
    private static string Shown(string text)
    {
        const int most = 300;
        var clean = string.Concat(text.Take(most).Select(c => char.IsControl(c) ? '\uFFFD' : c));
        return text.Length > most ? clean + "..." : clean;
    }
}
