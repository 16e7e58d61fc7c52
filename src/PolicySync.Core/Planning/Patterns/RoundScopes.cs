using PolicySync.Core.Options;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Planning.Patterns;

/// <summary>
/// What rounds over the metastore cover: what is managed, of that what scopes name, and nothing that Databricks reserves. Immutable.
/// </summary>
public sealed class RoundScopes
{
    private readonly Managed _managed;
    private readonly IReadOnlyList<NamePattern> _scopes;

    /// <summary>Compiles the patterns.</summary>
    /// <param name="sync">What is managed.</param>
    /// <param name="scopes">Patterns of 1 or 2 segments; none are every catalog.</param>
    /// <exception cref="ArgumentException">A pattern has a <see cref="NamePattern.Fault"/>.</exception>
    public RoundScopes(SyncOptions sync, IEnumerable<string> scopes) =>
        (_managed, _scopes) = (new Managed(sync), [.. scopes.DefaultIfEmpty("*").Select(NamePattern.Parse)]);

    /// <summary>Whether the catalog, or something in it, is covered.</summary>
    public bool Enters(Securable catalog) => !SecurableName.IsReservedCatalog(catalog.Name) && _managed.CouldCoverBelow(catalog)
        && _scopes.Any(scope => scope.CouldCoverBelow(catalog));

    /// <summary>Whether scopes cover the catalog as a whole, not only some of its schemas.</summary>
    public bool CoversWhole(Securable catalog) => _scopes.Any(scope => scope.Covers(catalog));

    /// <summary>Whether the schema, or something in it, is covered. Its catalog is one that is entered.</summary>
    public bool Covers(Securable schema) => !SecurableName.IsReservedSchema(schema.Name) && _managed.CouldCoverBelow(schema)
        && _scopes.Any(scope => scope.Covers(schema));

    /// <summary>Whether the object is managed itself. Its schema is one that is covered.</summary>
    public bool CoversObject(Securable inSchema) => _managed.Covers(inSchema);
}
