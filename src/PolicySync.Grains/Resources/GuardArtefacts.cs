using System.Collections.Concurrent;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;

namespace PolicySync.Grains.Resources;

/// <summary>Schemas of guard functions that were seen to be ours a moment ago. Safe for concurrent use.</summary>
internal sealed class GuardSchemas(TimeProvider time)
{
    /// <summary>In a walk, how old what was seen may be.</summary>
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Securable, long> _seen = new();

    public bool AreKnown(Securable schema) => _seen.TryGetValue(schema, out var at) && time.GetElapsedTime(at) < Lasts;

    public void Saw(Securable schema, long since) => _seen[schema] = since;
}

/// <summary>
/// Finds out by reads whether the schema and the functions of row filters and masks are this service's own
/// (<see cref="GuardTrust"/>). One per attempt at a run.
/// </summary>
internal sealed class GuardArtefacts(
    ITableGuards tables, IUnityCatalog catalog, GuardSchemas schemas, Run run, CallMeter meter, DirectorySelf? self, string guardSchema,
    TimeProvider time, CancellationToken stopping)
{
    private readonly Securable _schema = GuardTrust.SchemaOf(run.Securable, guardSchema);
    private bool _isOurs;

    /// <summary>Why the schema is not ours; null when it is, or is still to be made.</summary>
    public async Task<string?> FaultOfSchemaAsync()
    {
        if (_isOurs || (run.ParentsDone && schemas.AreKnown(_schema)))
        {
            return null;
        }

        try
        {
            var since = time.GetTimestamp();
            var facts = await catalog.GetAsync(_schema, meter, stopping);
            var fault = GuardTrust.FaultOfOwner($"{_schema}", facts.Owner, self)
                ?? GuardTrust.FaultOf($"{_schema}", facts.Owner, await catalog.GetPermissionsAsync(_schema, meter, stopping), self);
            _isOurs = fault is null;
            if (_isOurs)
            {
                schemas.Saw(_schema, since);
            }

            return fault;
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.SecurableNotFound)
        {
            return self is null ? GuardTrust.FaultOfOwner($"{_schema}", null, self) : null;
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.PermissionDenied)
        {
            return $"whether {_schema} is this service's own could not be read: {e.Message}";
        }
    }

    /// <summary>A function, and why it is not ours; no fault where there is none of the name.</summary>
    public async Task<(ToldFunction? Told, string? Fault)> ExamineAsync(string function)
    {
        try
        {
            var told = await tables.GetFunctionAsync(function, meter, stopping);
            return told is null ? (null, null)
                : GuardTrust.FaultOfOwner($"function `{function}`", told.Owner, self) is { } fault ? (told, fault)
                : (told, GuardTrust.FaultOf($"function `{function}`", told.Owner,
                    await catalog.GetPermissionsAsync(Securable.Parse(SecurableType.Function, function), meter, stopping), self));
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.PermissionDenied)
        {
            return (null, $"whether function `{function}` is this service's own could not be read: {e.Message}");
        }
    }

    /// <summary>Whether somebody else changed a function after us.</summary>
    public bool IsChangedByOthers(ToldFunction told) => told.UpdatedBy is null || GuardTrust.IsChangedByOthers(told, self);
}
