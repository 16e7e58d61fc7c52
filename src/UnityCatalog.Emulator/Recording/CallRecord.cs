using System.Text.Json.Serialization;

namespace UnityCatalog.Emulator.Recording;

/// <summary>One call to the emulated service. Times are milliseconds on one monotonic clock.</summary>
internal sealed class CallRecord
{
    private double _endMs = double.NaN;

    public required long Sequence { get; init; }

    public required double StartMs { get; init; }

    /// <summary>When its effect was applied or dropped; null while it is under way or held.</summary>
    public double? EndMs => double.IsNaN(_endMs) ? null : _endMs;

    public required string Method { get; init; }

    public required string Path { get; init; }

    public string? Query { get; init; }

    public required string Route { get; init; }

    /// <summary><c>type/full.name</c> of the securable that the route names.</summary>
    public string? Securable { get; init; }

    public int? Status { get; set; }

    public string? Principal { get; set; }

    public string? Body { get; set; }

    /// <summary>The sender had disconnected before the answer, or a fault cut the connection.</summary>
    public bool Aborted { get; set; }

    /// <summary>Ids of the faults that struck it.</summary>
    public string? Faults { get; set; }

    /// <summary>The first or only page of a full read of permissions.</summary>
    public bool BeginsFullRead { get; set; }

    /// <summary>The last or only page of such a read.</summary>
    public bool EndsFullRead { get; set; }

    /// <summary>A PATCH that arrived whole: one whose sender died while sending has no body here and no effect anywhere.</summary>
    [JsonIgnore]
    public bool IsPermissionsWrite => Method == "PATCH" && Body is not null && Route.Contains("/permissions/", StringComparison.Ordinal);

    public void End(double now) => Volatile.Write(ref _endMs, now);
}

internal sealed record CallList(IReadOnlyList<CallRecord> Calls, long Last, long Forgotten);
