using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Evaluation;

/// <summary>The engine's answer to one request.</summary>
public sealed record AccessResult
{
    /// <summary>Whether access is allowed; for masks and filters, whether one was found.</summary>
    public bool IsAllowed { get; init; }

    /// <summary>The deciding policy; null when none decided.</summary>
    public long? PolicyId { get; init; }

    /// <summary>Its name.</summary>
    public string? PolicyName { get; init; }

    /// <summary>The mask that applies; null when none does.</summary>
    public DataMaskInfo? DataMask { get; init; }

    /// <summary>The row filter that applies; null when none does.</summary>
    public RowFilterInfo? RowFilter { get; init; }
}
