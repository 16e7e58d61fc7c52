namespace UnityCatalog.Emulator.State;

/// <summary>Behaviour of the emulated server where servers differ.</summary>
internal sealed record EmulatorSettings
{
    /// <summary>Objects per page of a listing; a smaller max_results wins.</summary>
    public int ListPageSize { get; set; } = 100;

    /// <summary>Principals per page of permissions.</summary>
    public int PermissionsPageSize { get; set; } = 1000;

    /// <summary>Default and largest count of a SCIM page.</summary>
    public int ScimPageSize { get; set; } = 100;

    /// <summary>Before each page of a paged listing comes an empty one that carries a token (reference §0.7).</summary>
    public bool EmptyPages { get; set; }

    /// <summary>Page also when max_results is absent, as is announced for the future (reference §0.7).</summary>
    public bool AlwaysPage { get; set; }

    /// <summary>Seed of ids and of the order of assignments.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>Lifetime of an OAuth access token in seconds.</summary>
    public int TokenLifetimeSeconds { get; set; } = 3600;

    /// <summary>How many polls find a statement pending, even one that was sent with cancellation on time-out.</summary>
    public int StatementPolls { get; set; }

    /// <summary>How many reads find a warehouse starting after its start.</summary>
    public int WarehouseStartPolls { get; set; } = 1;

    /// <summary>Whether a row filter or mask finds its function under a new name of it or of a container.</summary>
    public bool GuardsFollowRenames { get; set; }

    public EmulatorSettings Checked() => this with
    {
        ListPageSize = Math.Max(1, ListPageSize),
        PermissionsPageSize = Math.Max(1, PermissionsPageSize),
        ScimPageSize = Math.Max(1, ScimPageSize),
    };
}
