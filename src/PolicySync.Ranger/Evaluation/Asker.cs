using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Tags;

namespace PolicySync.Ranger.Evaluation;

/// <summary>Who asks, and what is known about the request.</summary>
/// <param name="Subject">Who asks.</param>
/// <param name="Owner">Owner of the resource; null when unknown, and then nobody matches <c>{OWNER}</c>.</param>
/// <param name="Facts">What the request says; null where there is no request, as for a grant.</param>
/// <param name="Tag">The tag whose policy is asked; null for a resource policy.</param>
/// <param name="At">The time that a grant is asked for; null where there is a request, which says when it happens.</param>
internal readonly record struct Asker(Subject Subject, string? Owner, RequestFacts? Facts, ResourceTag? Tag = null, DateTimeOffset? At = null);
