namespace UnityCatalog.Emulator.Recording;

/// <summary>One call to the emulated service. Times are milliseconds on one monotonic clock.</summary>
internal sealed class CallRecord
{
    public required long Sequence { get; init; }

    public required double StartMs { get; init; }

    /// <summary>When its effect was applied or dropped; null while it is under way or held.</summary>
    public double? EndMs { get; set; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    public string? Query { get; init; }

    public required string Route { get; init; }

    /// <summary><c>type/full.name</c> of the securable that the route names.</summary>
    public string? Securable { get; init; }

    public int? Status { get; set; }

    public string? Principal { get; set; }

    public string? Body { get; set; }

    /// <summary>The sender had gone before the answer, or a fault cut the connection.</summary>
    public bool Aborted { get; set; }

    /// <summary>Ids of the faults that struck it.</summary>
    public string? Faults { get; set; }

    /// <summary>Ends a full read of permissions, that is, its last or only page.</summary>
    public bool EndsFullRead { get; set; }

    public bool IsWrite => Method == "PATCH" && Route.Contains("/permissions/", StringComparison.Ordinal);

    /// <summary>The first or only page of a full read of permissions.</summary>
    public bool BeginsFullRead => Method == "GET"
        && (Route.Contains("/permissions/", StringComparison.Ordinal) || Route.Contains("/privilege-assignments/", StringComparison.Ordinal))
        && Query?.Contains("page_token=", StringComparison.Ordinal) != true
        && Query?.Contains("principal=", StringComparison.Ordinal) != true;
}

internal sealed record CallList(IReadOnlyList<CallRecord> Calls, long Last, long Forgotten);
