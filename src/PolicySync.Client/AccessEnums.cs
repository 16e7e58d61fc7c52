using System.Text.Json.Serialization;
using PolicySync.Client.Http;

namespace PolicySync.Client;

/// <summary>From where an answer about access is taken.</summary>
[JsonConverter(typeof(WireNameConverter<AccessSource>))]
public enum AccessSource
{
    /// <summary>A source that this version of the client does not know.</summary>
    Unknown,

    /// <summary>The workspace is read.</summary>
    [JsonStringEnumMemberName("live")] Live,

    /// <summary>What the last sync recorded.</summary>
    [JsonStringEnumMemberName("last")] Last,
}

/// <summary>What gives a principal a right on a securable.</summary>
[JsonConverter(typeof(WireNameConverter<AccessPath>))]
public enum AccessPath
{
    /// <summary>A path that this version of the client does not know.</summary>
    Unknown,

    /// <summary>A grant on the securable itself.</summary>
    [JsonStringEnumMemberName("DIRECT")] Direct,

    /// <summary>A grant on a container.</summary>
    [JsonStringEnumMemberName("INHERITED")] Inherited,

    /// <summary>Ownership of the securable.</summary>
    [JsonStringEnumMemberName("OWNERSHIP")] Ownership,
}

/// <summary>Who made a grant.</summary>
[JsonConverter(typeof(WireNameConverter<GrantOrigin>))]
public enum GrantOrigin
{
    /// <summary>An origin that this version of the client does not know.</summary>
    Unknown,

    /// <summary>The service.</summary>
    [JsonStringEnumMemberName("OURS")] Ours,

    /// <summary>Another party.</summary>
    [JsonStringEnumMemberName("FOREIGN")] Foreign,
}

/// <summary>What policy says about one privilege of one principal.</summary>
[JsonConverter(typeof(WireNameConverter<PolicyVerdict>))]
public enum PolicyVerdict
{
    /// <summary>A verdict that this version of the client does not know.</summary>
    Unknown,

    /// <summary>Policy gives it.</summary>
    [JsonStringEnumMemberName("ALLOWED")] Allowed,

    /// <summary>Policy gives it on a container above.</summary>
    [JsonStringEnumMemberName("ALLOWED_ABOVE")] AllowedAbove,

    /// <summary>Policy gives it, and no grant can express exactly that.</summary>
    [JsonStringEnumMemberName("WITHHELD")] Withheld,

    /// <summary>No policy gives it.</summary>
    [JsonStringEnumMemberName("NOT_ALLOWED")] NotAllowed,

    /// <summary>A policy denies it.</summary>
    [JsonStringEnumMemberName("DENIED")] Denied,
}

/// <summary>What the directory says of a principal.</summary>
[JsonConverter(typeof(WireNameConverter<PrincipalKind>))]
public enum PrincipalKind
{
    /// <summary>It is not listed, or this version of the client does not know the kind.</summary>
    [JsonStringEnumMemberName("UNKNOWN")] Unknown,

    /// <summary>A user.</summary>
    [JsonStringEnumMemberName("USER")] User,

    /// <summary>A service principal.</summary>
    [JsonStringEnumMemberName("SERVICE_PRINCIPAL")] ServicePrincipal,

    /// <summary>An account group.</summary>
    [JsonStringEnumMemberName("GROUP")] Group,

    /// <summary>A group of the workspace only.</summary>
    [JsonStringEnumMemberName("WORKSPACE_GROUP")] WorkspaceGroup,
}
