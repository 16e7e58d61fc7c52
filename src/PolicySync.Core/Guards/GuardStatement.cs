using PolicySync.Core.Tasks;

namespace PolicySync.Core.Guards;

/// <summary>One SQL statement of a plan.</summary>
/// <param name="Sql">
/// In the forms of reference unity-catalog.md §3.1; carried out again it has no further effect.
/// </param>
/// <param name="Change">What it changes for readers; null for what only prepares or tidies up.</param>
/// <param name="Tidies">True for dropping a function that nothing uses any more: a failure harms nobody.</param>
public sealed record GuardStatement(string Sql, ResourceChange? Change = null, bool Tidies = false)
{
    /// <summary>
    /// Longest time that one statement may take, from its sending, in which it can still take effect. Whoever finds
    /// another's statement open waits so long, as for <c>Workspace:WriteTimeout</c>. A statement is sent only to a
    /// warehouse that runs, with the order to cancel it when it takes longer.
    /// </summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);
}
