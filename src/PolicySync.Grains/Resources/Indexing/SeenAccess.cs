using PolicySync.Core.Reports.Index;

namespace PolicySync.Grains.Resources.Indexing;

/// <summary>What the index of access has of one securable, and grants of other parties. Member names are stored and never change.</summary>
[GenerateSerializer, Alias("ps.seen-access")]
public sealed class SeenAccess
{
    /// <summary>In <see cref="Rows"/>: the row is in doubt, and may exist with any content.</summary>
    public const string InDoubt = "";

    /// <summary>The securable, as type and full name. The rows are stored under it.</summary>
    [Id(0)] public string Securable { get; set; } = "";

    /// <summary>Rows of the index, by <see cref="AccessIndexKey"/>: the digest of each, or <see cref="InDoubt"/>. No other rows exist.</summary>
    [Id(1)] public Dictionary<string, string> Rows { get; set; } = [];

    /// <summary>Grants of other parties, sorted by principal and privilege.</summary>
    [Id(2)] public List<SeenGrant> Foreign { get; set; } = [];

    /// <summary>The owner; null when it is not known.</summary>
    [Id(3)] public string? Owner { get; set; }

    /// <summary>The <see cref="IAccessIndex.GetGenerationAsync"/> that <see cref="Rows"/> are of. Missing: not known.</summary>
    [Id(4)] public string? Generation { get; set; }
}

/// <summary>A grant of another party.</summary>
[GenerateSerializer, Alias("ps.seen-grant")]
public sealed class SeenGrant
{
    /// <summary>The key of the principal.</summary>
    [Id(0)] public string Principal { get; set; } = "";

    /// <summary>Upper case with underscores.</summary>
    [Id(1)] public string Privilege { get; set; } = "";

    /// <summary>When a run first saw it.</summary>
    [Id(2)] public DateTimeOffset Since { get; set; }

    internal static SeenGrant Of(ForeignGrant grant) => new() { Principal = grant.Principal, Privilege = grant.Privilege, Since = grant.Since };

    internal ForeignGrant ToForeign() => new(Principal, Privilege, Since);
}
