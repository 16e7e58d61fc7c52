namespace PolicySync.Core.Guards;

/// <summary>A function as Unity Catalog returns it. Source: GET /api/2.1/unity-catalog/functions/{full_name}.</summary>
/// <param name="FullName">Unquoted, parts joined by dots.</param>
public sealed record ToldFunction(string FullName)
{
    /// <summary>The owner; null when not returned.</summary>
    public string? Owner { get; init; }

    /// <summary><c>routine_definition</c>: the body; null when not returned.</summary>
    public string? Definition { get; init; }

    /// <summary><c>full_data_type</c>, else <c>data_type</c>: what it returns; null when not returned.</summary>
    public string? Returns { get; init; }

    /// <summary>Names and types of its parameters, in order.</summary>
    public IReadOnlyList<(string Name, string Type)> Parameters { get; init; } = [];

    /// <summary>When it was last changed, by the workspace's clock in milliseconds; null when not returned.</summary>
    public long? UpdatedAt { get; init; }

    /// <summary>The principal that changed it last; null when not returned.</summary>
    public string? UpdatedBy { get; init; }
}
