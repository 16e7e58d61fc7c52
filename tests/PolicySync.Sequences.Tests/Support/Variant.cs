using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;

namespace PolicySync.Sequences.Tests.Support;

/// <summary>What a broken service would make of what it is told: each port may be replaced by one that hides something.</summary>
internal sealed record Variant
{
    /// <summary>The service as it is.</summary>
    public static readonly Variant Whole = new();

    public Func<IUnityCatalog, IUnityCatalog> Catalog { get; init; } = port => port;

    public Func<ITableGuards, ITableGuards> Tables { get; init; } = port => port;

    public Func<IPrincipalDirectory, IPrincipalDirectory> Directory { get; init; } = port => port;

    /// <summary>Whether it remembers what the accepted policies held, to hold new ones against.</summary>
    public bool RemembersPolicies { get; init; } = true;

    public Func<IPolicySource, IPolicySource> Policies { get; init; } = port => port;
}
