using PolicySync.Ranger.Conditions;

namespace PolicySync.Ranger.Evaluation.Tracing;

/// <summary>Whether an item applies to a subject and an access type, and why. The default value is an item for something else.</summary>
/// <param name="By">What names the subject.</param>
/// <param name="Holds">Whether the policy and the conditions of the item hold.</param>
/// <param name="Applies">Whether the item applies.</param>
internal readonly record struct ItemFit(NamedBy By, Truth Holds, bool Applies);
