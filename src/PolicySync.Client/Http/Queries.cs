using System.Globalization;
using Refit;

namespace PolicySync.Client.Http;

/// <summary>The query of the list of tasks on the wire. What is null is not sent.</summary>
internal sealed record TaskQuery
{
    [AliasAs("status")] public string? Status { get; init; }

    [AliasAs("outcome")] public string? Outcome { get; init; }

    [AliasAs("type")] public string? Type { get; init; }

    [AliasAs("source")] public string? Source { get; init; }

    [AliasAs("requestedBy")] public string? RequestedBy { get; init; }

    [AliasAs("securable")] public string? Securable { get; init; }

    [AliasAs("from")] public string? From { get; init; }

    [AliasAs("to")] public string? To { get; init; }

    [AliasAs("pageSize")] public string? PageSize { get; init; }

    [AliasAs("pageToken")] public string? PageToken { get; init; }

    public static TaskQuery Of(TaskFilter? filter, string? pageToken) => new()
    {
        Status = Query.Text(filter?.Status),
        Outcome = Query.Text(filter?.Outcome),
        Type = filter?.Type,
        Source = filter?.Source,
        RequestedBy = filter?.RequestedBy,
        Securable = filter?.Securable,
        From = Query.Text(filter?.From),
        To = Query.Text(filter?.To),
        PageSize = Query.Text(filter?.PageSize),
        PageToken = pageToken,
    };
}

/// <summary>The query of the list of a plan's securables on the wire. What is null is not sent.</summary>
internal sealed record PlanResourceQuery
{
    [AliasAs("changed")] public string? Changed { get; init; }

    [AliasAs("status")] public string? Status { get; init; }

    [AliasAs("pageSize")] public string? PageSize { get; init; }

    [AliasAs("pageToken")] public string? PageToken { get; init; }

    public static PlanResourceQuery Of(PlanResourceFilter? filter, string? pageToken) => new()
    {
        Changed = Query.Text(filter?.Changed),
        Status = Query.Text(filter?.Status),
        PageSize = Query.Text(filter?.PageSize),
        PageToken = pageToken,
    };
}

/// <summary>The query of the list of policies on the wire. What is null is not sent.</summary>
internal sealed record PolicyQuery
{
    [AliasAs("text")] public string? Text { get; init; }

    [AliasAs("kind")] public string? Kind { get; init; }

    [AliasAs("zone")] public string? Zone { get; init; }

    [AliasAs("enabled")] public string? Enabled { get; init; }

    [AliasAs("principal")] public string? Principal { get; init; }

    [AliasAs("resource")] public string? Resource { get; init; }

    [AliasAs("pageSize")] public string? PageSize { get; init; }

    [AliasAs("pageToken")] public string? PageToken { get; init; }

    public static PolicyQuery Of(PolicyFilter? filter, string? pageToken) => new()
    {
        Text = filter?.Text,
        Kind = Query.Text(filter?.Kind),
        Zone = filter?.Zone,
        Enabled = Query.Text(filter?.Enabled),
        Principal = filter?.Principal,
        Resource = filter?.Resource,
        PageSize = Query.Text(filter?.PageSize),
        PageToken = pageToken,
    };
}

/// <summary>The query of the list of differences on the wire. What is null is not sent.</summary>
internal sealed record DriftQuery
{
    [AliasAs("kind")] public string? Kind { get; init; }

    [AliasAs("state")] public string? State { get; init; }

    [AliasAs("securable")] public string? Securable { get; init; }

    [AliasAs("principal")] public string? Principal { get; init; }

    [AliasAs("pageSize")] public string? PageSize { get; init; }

    [AliasAs("pageToken")] public string? PageToken { get; init; }

    public static DriftQuery Of(DriftFilter? filter, string? pageToken) => new()
    {
        Kind = filter?.Kind is { } kind ? WireNames<DriftKind>.Of(kind) : null,
        State = filter?.State is { } state ? WireNames<DriftState>.Of(state) : null,
        Securable = filter?.Securable,
        Principal = filter?.Principal,
        PageSize = Query.Text(filter?.PageSize),
        PageToken = pageToken,
    };
}

/// <summary>The query of the list of securables on the wire. What is null is not sent.</summary>
internal sealed record SecurableQuery
{
    [AliasAs("securable")] public string? Securable { get; init; }

    [AliasAs("type")] public string? Type { get; init; }

    [AliasAs("status")] public string? Status { get; init; }

    [AliasAs("pageSize")] public string? PageSize { get; init; }

    [AliasAs("pageToken")] public string? PageToken { get; init; }

    public static SecurableQuery Of(SecurableFilter? filter, string? pageToken) => new()
    {
        Securable = filter?.Securable,
        Type = filter?.Type,
        Status = filter?.Status is { } status ? WireNames<SecurableStatus>.Of(status) : null,
        PageSize = Query.Text(filter?.PageSize),
        PageToken = pageToken,
    };
}

/// <summary>The query of the list of results on the wire. What is null is not sent.</summary>
internal sealed record ResourceQuery
{
    [AliasAs("status")] public string? Status { get; init; }

    [AliasAs("drifted")] public string? Drifted { get; init; }

    [AliasAs("changed")] public string? Changed { get; init; }

    [AliasAs("code")] public string? Code { get; init; }

    [AliasAs("pageSize")] public string? PageSize { get; init; }

    [AliasAs("pageToken")] public string? PageToken { get; init; }

    public static ResourceQuery Of(ResourceFilter? filter, string? pageToken) => new()
    {
        Status = Query.Text(filter?.Status),
        Drifted = Query.Text(filter?.Drifted),
        Changed = Query.Text(filter?.Changed),
        Code = filter?.Code,
        PageSize = Query.Text(filter?.PageSize),
        PageToken = pageToken,
    };
}

/// <summary>The query of a question about access on the wire. What is null is not sent.</summary>
internal sealed record AccessQuery
{
    [AliasAs("source")] public string? Source { get; init; }

    [AliasAs("principal")] public string? Principal { get; init; }

    [AliasAs("privilege")] public string? Privilege { get; init; }

    [AliasAs("holders")] public string? Holders { get; init; }

    [AliasAs("pageSize")] public string? PageSize { get; init; }

    [AliasAs("pageToken")] public string? PageToken { get; init; }

    public static AccessQuery Of(AccessFilter? filter, string? pageToken) => new()
    {
        Source = filter?.Source is { } source ? WireNames<AccessSource>.Of(source) : null,
        Principal = filter?.Principal,
        Privilege = filter?.Privilege,
        Holders = filter?.HoldersOnly is true ? Query.Text((bool?)true) : null,
        PageSize = Query.Text(filter?.PageSize),
        PageToken = pageToken,
    };
}

/// <summary>Values of queries as text.</summary>
internal static class Query
{
    public static string? Text(SyncTaskStatus? status) => status is { } value ? WireNames<SyncTaskStatus>.Of(value) : null;

    public static string? Text(SyncTaskOutcome? outcome) => outcome is { } value ? WireNames<SyncTaskOutcome>.Of(value) : null;

    public static string? Text(ResourceStatus? status) => status is { } value ? WireNames<ResourceStatus>.Of(value) : null;

    public static string? Text(PolicyKind? kind) => kind is { } value ? WireNames<PolicyKind>.Of(value) : null;

    public static string? Text(DateTimeOffset? time) => time?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    public static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    public static string? Text(bool? flag) => flag switch { true => "true", false => "false", null => null };
}
