namespace PolicySync.Ranger;

/// <summary>One request in Ranger's own form.</summary>
public sealed class AccessRequest
{
    /// <summary>Asks whether there is any access at all, as listings do.</summary>
    public const string AnyAccess = "_any";

    /// <summary>Asks for the right to manage policies of the resource.</summary>
    public const string AdminAccess = "_admin";

    /// <summary>What is accessed.</summary>
    public required RangerResource Resource { get; init; }

    /// <summary>Access type; null and empty mean <see cref="AnyAccess"/>.</summary>
    public string? AccessType { get; init; }

    /// <summary>User name.</summary>
    public string? User { get; init; }

    /// <summary>Groups of the user.</summary>
    public IReadOnlyCollection<string> UserGroups { get; init; } = [];

    /// <summary>Roles of the user, besides those that the engine knows.</summary>
    public IReadOnlyCollection<string> UserRoles { get; init; } = [];

    /// <summary>When the access happens; null means that no schedule is looked at.</summary>
    public DateTimeOffset? AccessTime { get; init; }
}
