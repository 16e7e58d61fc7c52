using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Storage;
using PolicySync.Core.Securables;
using PolicySync.Grains.Resources;

namespace PolicySync.Grains.Tests.Support;

/// <summary>Grain states, as JSON with ETags, that outlive silos. Counts writes.</summary>
internal sealed class KeptStates : IGrainStorage
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Json, int ETag)> _rows = [];
    private readonly ConcurrentQueue<string> _writes = new();

    /// <summary>Asked before each read with the row's name; may wait.</summary>
    public Func<string, Task>? BeforeRead { get; set; }

    /// <summary>Asked before each write with the row's name; may wait, and may throw.</summary>
    public Func<string, Task>? BeforeWrite { get; set; }

    /// <summary>Asked after each write took effect; what it throws is an answer that was lost.</summary>
    public Action<string>? AfterWrite { get; set; }

    /// <summary>The rows written, in order, as <c>resource main.sales.orders</c>.</summary>
    public IReadOnlyList<string> Writes => [.. _writes];

    public static string NameOf(Securable securable) => $"resource {securable.FullName}";

    public ResourceState? Of(string securable)
    {
        lock (_gate)
        {
            var row = _rows.FirstOrDefault(row => row.Key == NameOf(Support.Resources.Parse(securable)));
            return row.Key is null ? null : JsonSerializer.Deserialize<ResourceState>(row.Value.Json, Json);
        }
    }

    /// <summary>A row as it stands in the storage.</summary>
    public void Write(string row, string json)
    {
        lock (_gate)
        {
            _rows[row] = (json, 1);
        }
    }

    /// <summary>What another process writes, which deposes whoever read the row before.</summary>
    public void Change(string securable, Action<ResourceState> change)
    {
        var name = NameOf(Support.Resources.Parse(securable));
        var state = Of(securable) ?? new ResourceState();
        change(state);
        lock (_gate)
        {
            _rows[name] = (JsonSerializer.Serialize(state, Json), _rows.GetValueOrDefault(name).ETag + 1);
        }
    }

    public void ClearWrites() => _writes.Clear();

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (BeforeRead is { } before)
        {
            await before(RowOf(stateName, grainId));
        }

        lock (_gate)
        {
            if (_rows.TryGetValue(RowOf(stateName, grainId), out var row))
            {
                grainState.State = JsonSerializer.Deserialize<T>(row.Json, Json)!;
                (grainState.ETag, grainState.RecordExists) = ($"{row.ETag}", true);
            }
        }
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var name = RowOf(stateName, grainId);
        var json = JsonSerializer.Serialize(grainState.State, Json);
        if (BeforeWrite is { } before)
        {
            await before(name);
        }

        lock (_gate)
        {
            var etag = _rows.TryGetValue(name, out var row) ? $"{row.ETag}" : null;
            if (etag != grainState.ETag)
            {
                throw new InconsistentStateException($"{name} was changed", etag ?? "none", grainState.ETag ?? "none");
            }

            _rows[name] = (json, row.ETag + 1);
            _writes.Enqueue(name);
            AfterWrite?.Invoke(name);
            (grainState.ETag, grainState.RecordExists) = ($"{row.ETag + 1}", true);
        }
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();

    private static string RowOf(string stateName, GrainId grainId) => $"{stateName} {grainId.Key.ToString()!.Split(':')[^1]}";
}
