namespace UnityCatalog.Emulator.Tags;

/// <summary>A tag on an entity, in requests and answers (reference §1.4).</summary>
internal sealed record EntityTagAssignment(
    string? EntityType = null,
    string? EntityName = null,
    string? TagKey = null,
    string? TagValue = null,
    string? UpdateTime = null,
    string? UpdatedBy = null);

/// <summary>A page of them; an empty array is an absent one.</summary>
internal sealed record EntityTagAssignmentList(IReadOnlyList<EntityTagAssignment>? TagAssignments, string? NextPageToken);
