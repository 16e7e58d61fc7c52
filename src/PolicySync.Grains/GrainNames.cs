using PolicySync.Core.Options;

namespace PolicySync.Grains;

/// <summary>Names that hosts and grains share.</summary>
public static class GrainNames
{
    /// <summary>The grain storage provider that holds the state of the grains.</summary>
    public const string Storage = "policysync";

    /// <summary>The key of the grain that divides the budget of a workspace: its host.</summary>
    internal static string BudgetOf(WorkspaceOptions workspace) => workspace.Host?.Authority.ToLowerInvariant() ?? "";
}
