using System.Text.Json.Serialization;

namespace PolicySync.Client;

/// <summary>
/// What <see cref="HeldPath"/> and <see cref="ExplainedPath"/> have in common: a grant or an ownership that gives a privilege. In JSON,
/// the membership of the principal follows <see cref="Grantee"/>.
/// </summary>
public abstract record GrantPath
{
    private const int BeforeMembership = -1;
    private const int AfterMembership = 1;

    /// <summary>A grant on the securable, one on a container, or the ownership.</summary>
    [JsonPropertyOrder(BeforeMembership)]
    public AccessPath Path { get; init; }

    /// <summary>The principal that holds the grant or owns the securable.</summary>
    [JsonPropertyOrder(BeforeMembership)]
    public string Grantee { get => field ?? ""; init; }

    /// <summary>The privilege as it was granted; null for ownership.</summary>
    [JsonPropertyOrder(AfterMembership)]
    public string? Granted { get; init; }

    /// <summary>The type of the securable that carries the grant, or that is owned.</summary>
    [JsonPropertyOrder(AfterMembership)]
    public string Type { get => field ?? ""; init; }

    /// <summary>The full name of that securable.</summary>
    [JsonPropertyOrder(AfterMembership)]
    public string FullName { get => field ?? ""; init; }

    /// <summary>Whether the service made the grant; null for ownership.</summary>
    [JsonPropertyOrder(AfterMembership)]
    public GrantOrigin? Origin { get; init; }

    /// <summary>The policy that asked for a grant of the service; null when none is known.</summary>
    [JsonPropertyOrder(AfterMembership)]
    public long? PolicyId { get; init; }

    /// <summary>The name of that policy; null when none is known.</summary>
    [JsonPropertyOrder(AfterMembership)]
    public string? PolicyName { get; init; }

    /// <summary>The task that made a grant of the service; null for other paths.</summary>
    [JsonPropertyOrder(AfterMembership)]
    public string? TaskId { get; init; }

    /// <summary>When the service made the grant, or first saw that of another party; null when not known.</summary>
    [JsonPropertyOrder(AfterMembership)]
    public DateTimeOffset? Since { get; init; }
}
