using System.Collections.Concurrent;
using PolicySync.Core.Errors;
using PolicySync.Core.Guards;
using PolicySync.Core.Principals;
using PolicySync.Core.Runs;
using PolicySync.Core.Securables;

namespace PolicySync.Grains.Resources.Reading;

/// <summary>Schemas of guard functions that were seen to be this service's own a moment ago. Safe for concurrent use.</summary>
internal sealed class GuardSchemas(TimeProvider time)
{
    /// <summary>In a walk, how old what was seen may be.</summary>
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Securable, long> _seen = new();

    public bool AreKnown(Securable schema) => _seen.TryGetValue(schema, out var at) && time.GetElapsedTime(at) < Lasts;

    /// <summary>Notes a schema that is this service's own.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="since">Timestamp from before it was read.</param>
    public void Add(Securable schema, long since) => _seen[schema] = since;
}

/// <summary>
/// Finds out by reads whether the schema and the functions of a table's row filter and masks are this service's own
/// (<see cref="GuardTrust"/>). One per attempt at a run: a function that is found sound is not read again.
/// </summary>
/// <param name="calls">Reads.</param>
/// <param name="schemas">Schemas that other runs have looked at.</param>
/// <param name="inputs">The table, and who the service is.</param>
/// <param name="isWalk">Whether the run is part of a walk, which may rely on what other runs have seen.</param>
/// <param name="time">The clock.</param>
internal sealed class GuardReader(RunCalls calls, GuardSchemas schemas, RunInputs inputs, bool isWalk, TimeProvider time)
{
    private readonly Dictionary<string, ToldFunction> _told = new(StringComparer.Ordinal);
    private readonly HashSet<string> _distrusted = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sound = new(StringComparer.Ordinal);
    private readonly GuardMemory _memory = new();
    private bool _schemaIsOurs;

    /// <summary>The table.</summary>
    public Securable Table => inputs.Securable;

    /// <summary>The schema of the functions of its row filter and masks.</summary>
    public Securable Schema => GuardTrust.SchemaOf(inputs.Securable, inputs.Options.Sync.GuardSchema);

    private DirectorySelf? Self => inputs.Directory.Self;

    /// <summary>The functions in force, as far as they were read.</summary>
    public FunctionsInForce Functions => new(
        new Dictionary<string, ToldFunction>(_told, StringComparer.Ordinal), _distrusted.ToHashSet(StringComparer.Ordinal), _memory);

    /// <summary>Whether a function is not what this service made.</summary>
    public bool DistrustsAny => _distrusted.Count > 0;

    /// <summary>Examines the schema and the functions that a table has in force.</summary>
    /// <param name="guards">The table's guards.</param>
    /// <param name="made">What is recorded of its functions.</param>
    /// <returns>Why they are not this service's own; null when they are, or can be made again.</returns>
    public async Task<string?> FindFaultAsync(TableGuards guards, IReadOnlyList<MadeFunction> made)
    {
        if (await FindFaultOfSchemaAsync() is { } faultOfSchema)
        {
            return faultOfSchema;
        }

        string? first = null;
        foreach (var function in guards.Attached.Where(function => !_sound.Contains(function)))
        {
            var (told, fault) = await ReadFunctionAsync(function);
            first ??= fault;
            if (told is not null)
            {
                _told[function] = told;
            }

            var isAsMade = told is not null && guards.IsAsMade(told, made.FirstOrDefault(known => known.FullName == function)?.Told);
            (isAsMade ? _sound : _distrusted).Add(function);
        }

        return first;
    }

    /// <summary>Why the schema is not this service's own; null when it is, or does not exist yet.</summary>
    public async Task<string?> FindFaultOfSchemaAsync()
    {
        var schema = Schema;
        if (_schemaIsOurs || (isWalk && schemas.AreKnown(schema)))
        {
            return null;
        }

        try
        {
            var since = time.GetTimestamp();
            var facts = await calls.GetFactsAsync(schema);
            var fault = GuardTrust.FaultOfOwner($"{schema}", facts.Owner, Self)
                ?? GuardTrust.FaultOf($"{schema}", facts.Owner, await calls.GetGrantsAsync(schema), Self);
            _schemaIsOurs = fault is null;
            if (_schemaIsOurs)
            {
                schemas.Add(schema, since);
            }

            return fault;
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.SecurableNotFound)
        {
            return Self is null ? GuardTrust.FaultOfOwner($"{schema}", null, Self) : null;
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.PermissionDenied)
        {
            return $"whether {schema} is this service's own could not be read: {e.Message}";
        }
    }

    /// <summary>Reads a function, and why it is not this service's own; neither where none has the name.</summary>
    public async Task<(ToldFunction? Told, string? Fault)> ReadFunctionAsync(string function)
    {
        try
        {
            var told = await calls.GetFunctionAsync(function);
            return told is null ? (null, null)
                : GuardTrust.FaultOfOwner($"function `{function}`", told.Owner, Self) is { } fault ? (told, fault)
                : (told, GuardTrust.FaultOf($"function `{function}`", told.Owner,
                    await calls.GetGrantsAsync(Securable.Parse(SecurableType.Function, function)), Self));
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.PermissionDenied)
        {
            return (null, $"whether function `{function}` is this service's own could not be read: {e.Message}");
        }
    }

    /// <summary>Whether another principal changed a function after this service, or may have.</summary>
    public bool IsChangedByOthers(ToldFunction told) => told.UpdatedBy is null || GuardTrust.IsChangedByOthers(told, Self);

    /// <summary>What a function was when it was last read; null when it was not.</summary>
    public string? FingerprintOf(string function) => _told.GetValueOrDefault(function) is { } seen ? GuardTrust.FingerprintOf(seen) : null;

    /// <summary>Notes that a function is what this service has just made.</summary>
    public void Trust(string function, ToldFunction told)
    {
        _told[function] = told;
        _distrusted.Remove(function);
        _sound.Add(function);
    }
}
