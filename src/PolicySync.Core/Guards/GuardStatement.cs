using PolicySync.Core.Tasks;

namespace PolicySync.Core.Guards;

/// <summary>One SQL statement of a plan.</summary>
/// <param name="Sql">
/// In the forms of reference unity-catalog.md §3.1; carried out again it has no further effect.
/// </param>
/// <param name="Change">What it changes for readers; null for what only prepares or tidies up.</param>
/// <param name="Tidies">The function of ours that nothing uses any more and it drops: a failure harms nobody. Else null.</param>
public sealed record GuardStatement(string Sql, ResourceChange? Change = null, string? Tidies = null)
{
    /// <summary>The function that it makes; null when it makes none. Whether it is ours is looked at before it is used.</summary>
    public GuardFunction? Makes { get; init; }

    /// <summary>Whether it makes the schema of the functions, which may have been there before.</summary>
    public bool MakesSchema { get; init; }
}
