using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Tags;

namespace PolicySync.Ranger.Evaluation;

/// <summary>A policy that matches what is asked for.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Match">How it matches.</param>
/// <param name="Certainty">Whether it is valid and matches; unknown where that cannot be decided.</param>
/// <param name="Tag">The tag through which a tag policy matches; null for a resource policy.</param>
internal readonly record struct Candidate(PreparedPolicy Policy, ResourceMatch Match, Truth Certainty, ResourceTag? Tag = null);
