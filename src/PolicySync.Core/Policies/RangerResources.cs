using PolicySync.Core.Securables;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Matching;

namespace PolicySync.Core.Policies;

/// <summary>Securables as resources of the service definition <c>databricks_unity_catalog</c>.</summary>
public static class RangerResources
{
    /// <summary>The resource level below <c>table</c>.</summary>
    public const string Column = "column";

    private static readonly string[] SchemaOnly = [WireNames.Of(SecurableType.Schema)];
    private static readonly string[] InSchema = [.. SecurableTypes.InSchema.Select(type => WireNames.Of(type))];
    private static readonly string[] ColumnOnly = [Column];

    /// <summary>The level at which grants of <paramref name="type"/> are named; levels are called like the types.</summary>
    public static string LevelOf(SecurableType type) => WireNames.Of(type);

    /// <summary>The levels directly below one: what a catalog, schema or table holds.</summary>
    public static IReadOnlyList<string> LevelsIn(string level) =>
        level == LevelOf(SecurableType.Catalog) ? SchemaOnly
        : level == LevelOf(SecurableType.Schema) ? InSchema
        : level == LevelOf(SecurableType.Table) ? ColumnOnly
        : [];

    /// <summary>The securable as a resource of a request.</summary>
    /// <param name="securable">The securable.</param>
    /// <param name="owner">Its owner, in the form in which user names are compared; for <c>{OWNER}</c>.</param>
    public static RangerResource Of(Securable securable, string? owner) => new(Elements(securable), owner);

    /// <summary>The securable as level names and values.</summary>
    public static Dictionary<string, string> Elements(Securable securable) => securable.Type.Levels()
        .Zip(securable.Parts).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);

    /// <summary>
    /// The level that a matching set of policy resources names, for placing grants: <c>column=*</c> means the table
    /// (specification §3.5).
    /// </summary>
    public static string LevelOf(MatchedResourceSet set) =>
        set is { DeepestName: Column, DeepestIsAny: true } ? LevelOf(SecurableType.Table) : set.DeepestName;
}
