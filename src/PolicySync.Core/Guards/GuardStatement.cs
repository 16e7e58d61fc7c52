using PolicySync.Core.Tasks;

namespace PolicySync.Core.Guards;

/// <summary>One SQL statement of a plan.</summary>
/// <param name="Sql">
/// In the forms of reference unity-catalog.md §3.1; carried out again it has no further effect.
/// </param>
/// <param name="Change">What it changes for readers; null when it only prepares or cleans up.</param>
/// <param name="Tidies">The unused function of ours that it drops, whose failure does no harm; null for any other statement.</param>
public sealed record GuardStatement(string Sql, ResourceChange? Change = null, string? Tidies = null)
{
    /// <summary>The function that it creates; null when it creates none. The function is verified before it is used.</summary>
    public GuardFunction? Makes { get; init; }

    /// <summary>Whether it creates the schema of the functions, which may exist already.</summary>
    public bool MakesSchema { get; init; }
}
