using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Tags;

namespace PolicySync.Ranger.Evaluation;

/// <summary>Who asks, and what is known about the request.</summary>
/// <param name="Subject">Who asks.</param>
/// <param name="Owner">Owner of the resource; null when unknown, and then no user matches <c>{OWNER}</c>.</param>
/// <param name="Facts">The facts of the request; null without a request, as for a grant.</param>
/// <param name="Tag">The tag whose policy is asked; null for a resource policy.</param>
/// <param name="At">The time for which a grant is evaluated; null with a request, which has its own time.</param>
internal readonly record struct Asker(Subject Subject, string? Owner, RequestFacts? Facts, ResourceTag? Tag = null, DateTimeOffset? At = null);
