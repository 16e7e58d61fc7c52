using PolicySync.Core.Tasks;

namespace PolicySync.Core.Guards;

/// <summary>One SQL statement of a plan.</summary>
/// <param name="Sql">
/// In the forms of reference unity-catalog.md §3.1; carried out again it has no further effect.
/// </param>
/// <param name="Change">What it changes for readers; null for what only prepares or tidies up.</param>
/// <param name="Tidies">True for dropping a function that nothing uses any more: a failure harms nobody.</param>
public sealed record GuardStatement(string Sql, ResourceChange? Change = null, bool Tidies = false);
