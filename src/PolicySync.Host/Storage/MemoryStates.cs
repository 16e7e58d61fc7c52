using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Runtime;
using Orleans.Storage;
using PolicySync.Core.Records;

namespace PolicySync.Host.Storage;

/// <summary>Keeps grain states in memory, in the form in which tables keep them. Nothing survives the process.</summary>
internal sealed class MemoryStates : IGrainStorage
{
    private readonly ConcurrentDictionary<(string Name, GrainId Grain), (string Json, string Version)> _states = new();
    private readonly Lock _gate = new();
    private long _version;

    /// <summary>The states with a name, by the keys of grains of a type.</summary>
    public IEnumerable<(string Key, string Json)> Of(string name, string grainType) => _states
        .Where(state => state.Key.Name == name && state.Key.Grain.Type.ToString() == grainType).Select(state => (state.Key.Grain.Key.ToString()!, state.Value.Json));

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (_states.TryGetValue((stateName, grainId), out var stored))
        {
            (grainState.State, grainState.ETag, grainState.RecordExists) = (StoredJson.Read<T>(stored.Json), stored.Version, true);
        }
        else
        {
            (grainState.ETag, grainState.RecordExists) = (null, false);
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        lock (_gate)
        {
            RequireCurrent(stateName, grainId, grainState.ETag);
            var version = (++_version).ToString(CultureInfo.InvariantCulture);
            _states[(stateName, grainId)] = (StoredJson.Write(grainState.State), version);
            (grainState.ETag, grainState.RecordExists) = (version, true);
        }

        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        lock (_gate)
        {
            RequireCurrent(stateName, grainId, grainState.ETag);
            _states.TryRemove((stateName, grainId), out _);
            (grainState.ETag, grainState.RecordExists) = (null, false);
        }

        return Task.CompletedTask;
    }

    private void RequireCurrent(string stateName, GrainId grainId, string? etag)
    {
        var stored = _states.TryGetValue((stateName, grainId), out var state) ? state.Version : null;
        if (stored != etag)
        {
            throw new InconsistentStateException($"{stateName} of {grainId} was changed", stored ?? "none", etag ?? "none");
        }
    }
}
