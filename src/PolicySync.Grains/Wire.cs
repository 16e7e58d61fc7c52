using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using PolicySync.Core.Errors;
using PolicySync.Core.Explaining;
using PolicySync.Core.Planning;
using PolicySync.Core.Reports;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Core.Workspaces;

namespace PolicySync.Grains;

// How Core's types travel between processes. Core does not know Orleans, so each type has a surrogate here. Processes of two
// versions talk to each other during a rolling upgrade: an alias never changes, an id never gets another meaning, and every
// id that an earlier version reads is still written.

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("ps.securable"), Immutable]
internal readonly record struct SecurableWire([property: Id(0)] SecurableType Type, [property: Id(1)] string FullName);

[RegisterConverter]
internal sealed class SecurableConverter : IConverter<Securable, SecurableWire>
{
    public Securable ConvertFromSurrogate(in SecurableWire wire) => Securable.Parse(wire.Type, wire.FullName);

    public SecurableWire ConvertToSurrogate(in Securable value) => new(value.Type, value.FullName);
}

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("ps.securable-facts"), Immutable]
internal readonly record struct SecurableFactsWire(
    [property: Id(0)] Securable Securable, [property: Id(1)] string Kind, [property: Id(2)] string? Owner, [property: Id(3)] string? Identity,
    [property: Id(4)] string? ChangedBy, [property: Id(5)] DateTimeOffset? ChangedAt);

[RegisterConverter]
internal sealed class SecurableFactsConverter : IConverter<SecurableFacts, SecurableFactsWire>
{
    public SecurableFacts ConvertFromSurrogate(in SecurableFactsWire wire) =>
        new(wire.Securable, wire.Kind, wire.Owner, wire.Identity) { ChangedBy = wire.ChangedBy, ChangedAt = wire.ChangedAt };

    public SecurableFactsWire ConvertToSurrogate(in SecurableFacts value) =>
        new(value.Securable, value.Kind, value.Owner, value.Identity, value.ChangedBy, value.ChangedAt);
}

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("ps.change"), Immutable]
internal readonly record struct ResourceChangeWire(
    [property: Id(0)] ChangeAction Action, [property: Id(1)] string? Principal, [property: Id(2)] string? Privilege, [property: Id(3)] string? Column,
    [property: Id(4)] long? PolicyId, [property: Id(5)] string? PolicyName);

[RegisterConverter]
internal sealed class ResourceChangeConverter : IConverter<ResourceChange, ResourceChangeWire>
{
    public ResourceChange ConvertFromSurrogate(in ResourceChangeWire wire) =>
        new(wire.Action, wire.Principal, wire.Privilege, wire.Column, wire.PolicyId, wire.PolicyName);

    public ResourceChangeWire ConvertToSurrogate(in ResourceChange value) =>
        new(value.Action, value.Principal, value.Privilege, value.Column, value.PolicyId, value.PolicyName);
}

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("ps.gap"), Immutable]
internal readonly record struct GapWire(
    [property: Id(0)] GapCode Code, [property: Id(1)] GapDirection Direction, [property: Id(2)] string? Principal, [property: Id(3)] string? Privilege,
    [property: Id(4)] string Detail, [property: Id(5)] long? PolicyId);

[RegisterConverter]
internal sealed class GapConverter : IConverter<Gap, GapWire>
{
    public Gap ConvertFromSurrogate(in GapWire wire) =>
        new(wire.Code, wire.Direction, wire.Principal, wire.Privilege, wire.Detail, wire.PolicyId);

    public GapWire ConvertToSurrogate(in Gap value) =>
        new(value.Code, value.Direction, value.Principal, value.Privilege, value.Detail, value.PolicyId);
}

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("ps.external-change"), Immutable]
internal readonly record struct ExternalChangeWire(
    [property: Id(0)] ChangeAction Action, [property: Id(1)] string Principal, [property: Id(2)] string Privilege, [property: Id(3)] long? PolicyId,
    [property: Id(4)] string? TaskId, [property: Id(5)] string? By, [property: Id(6)] DateTimeOffset? At);

[RegisterConverter]
internal sealed class ExternalChangeConverter : IConverter<ExternalChange, ExternalChangeWire>
{
    public ExternalChange ConvertFromSurrogate(in ExternalChangeWire wire) =>
        new(wire.Action, wire.Principal, wire.Privilege, wire.PolicyId, wire.TaskId, wire.By, wire.At);

    public ExternalChangeWire ConvertToSurrogate(in ExternalChange value) =>
        new(value.Action, value.Principal, value.Privilege, value.PolicyId, value.TaskId, value.By, value.At);
}

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("ps.planned-call"), Immutable]
internal readonly record struct PlannedCallWire(
    [property: Id(0)] string Method, [property: Id(1)] string Path, [property: Id(2)] string Body, [property: Id(3)] bool AfterChildren);

[RegisterConverter]
internal sealed class PlannedCallConverter : IConverter<PlannedCall, PlannedCallWire>
{
    public PlannedCall ConvertFromSurrogate(in PlannedCallWire wire) =>
        new(wire.Method, wire.Path, wire.Body) { AfterChildren = wire.AfterChildren };

    public PlannedCallWire ConvertToSurrogate(in PlannedCall value) => new(value.Method, value.Path, value.Body, value.AfterChildren);
}

[GenerateSerializer, Alias("ps.result"), Immutable]
internal struct ResourceResultWire
{
    [Id(0)] public string Type;
    [Id(1)] public string FullName;
    [Id(2)] public ResourceStatus Status;
    [Id(3)] public string Message;
    [Id(4)] public ResourceChange[] Changes;
    [Id(5)] public int ChangeCount;
    [Id(6)] public Gap[] Gaps;
    [Id(7)] public int GapCount;
    [Id(8)] public SyncErrorCode? ErrorCode;
    [Id(9)] public string? ErrorMessage;
    [Id(10)] public int Calls;
    [Id(11)] public DateTimeOffset? StartTime;
    [Id(12)] public DateTimeOffset? EndTime;
    [Id(13)] public long? PolicyVersion;
    [Id(14)] public DateTimeOffset? ValidUntil;
    [Id(15)] public ExternalChange[]? ExternalChanges;
    [Id(16)] public int ExternalChangeCount;
    [Id(17)] public PlannedCall[]? PlannedCalls;
    [Id(18)] public int PlannedCallCount;
    [Id(19)] public bool Drifted;
}

[RegisterConverter]
internal sealed class ResourceResultConverter : IConverter<ResourceResult, ResourceResultWire>
{
    public ResourceResult ConvertFromSurrogate(in ResourceResultWire wire) => new()
    {
        Type = wire.Type,
        FullName = wire.FullName,
        Status = wire.Status,
        Message = wire.Message,
        Changes = wire.Changes,
        ChangeCount = wire.ChangeCount,
        Gaps = wire.Gaps,
        GapCount = wire.GapCount,
        Error = wire.ErrorCode is { } code ? new ResultError(code, wire.ErrorMessage ?? "") : null,
        Calls = wire.Calls,
        StartTime = wire.StartTime,
        EndTime = wire.EndTime,
        PolicyVersion = wire.PolicyVersion,
        ValidUntil = wire.ValidUntil,
        ExternalChanges = wire.ExternalChanges ?? [],
        ExternalChangeCount = wire.ExternalChangeCount,
        PlannedCalls = wire.PlannedCalls ?? [],
        PlannedCallCount = wire.PlannedCallCount,
        Drifted = wire.Drifted,
    };

    public ResourceResultWire ConvertToSurrogate(in ResourceResult value) => new()
    {
        Type = value.Type,
        FullName = value.FullName,
        Status = value.Status,
        Message = value.Message,
        Changes = [.. value.Changes],
        ChangeCount = value.ChangeCount,
        Gaps = [.. value.Gaps],
        GapCount = value.GapCount,
        ErrorCode = value.Error?.Code,
        ErrorMessage = value.Error?.Message,
        Calls = value.Calls,
        StartTime = value.StartTime,
        EndTime = value.EndTime,
        PolicyVersion = value.PolicyVersion,
        ValidUntil = value.ValidUntil,
        ExternalChanges = [.. value.ExternalChanges],
        ExternalChangeCount = value.ExternalChangeCount,
        PlannedCalls = [.. value.PlannedCalls],
        PlannedCallCount = value.PlannedCallCount,
        Drifted = value.Drifted,
    };
}

// A ledger travels in its stored form, JSON.
[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("ps.ledger"), Immutable]
internal readonly record struct LedgerWire([property: Id(0)] string Json);

[RegisterConverter]
internal sealed class LedgerConverter : IConverter<Ledger, LedgerWire>
{
    public Ledger ConvertFromSurrogate(in LedgerWire wire) => JsonSerializer.Deserialize<Ledger>(wire.Json) ?? Ledger.Empty;

    public LedgerWire ConvertToSurrogate(in Ledger value) => new(JsonSerializer.Serialize(value));
}

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("ps.access-query"), Immutable]
internal readonly record struct AccessQueryWire(
    [property: Id(0)] string? Principal, [property: Id(1)] string? Privilege, [property: Id(2)] bool HoldersOnly, [property: Id(3)] string? After,
    [property: Id(4)] int Count);

[RegisterConverter]
internal sealed class AccessQueryConverter : IConverter<AccessQuery, AccessQueryWire>
{
    public AccessQuery ConvertFromSurrogate(in AccessQueryWire wire) => new()
    {
        Principal = wire.Principal, Privilege = wire.Privilege, HoldersOnly = wire.HoldersOnly, After = wire.After, Count = wire.Count,
    };

    public AccessQueryWire ConvertToSurrogate(in AccessQuery value) => new(value.Principal, value.Privilege, value.HoldersOnly, value.After, value.Count);
}

// A report travels as JSON: a member that one side does not know is left out.
[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("ps.access-report"), Immutable]
internal readonly record struct AccessReportWire([property: Id(0)] string Json);

[RegisterConverter]
internal sealed class AccessReportConverter : IConverter<AccessReport, AccessReportWire>
{
    private static readonly JsonSerializerOptions Options = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };

    public AccessReport ConvertFromSurrogate(in AccessReportWire wire) => JsonSerializer.Deserialize<AccessReport>(wire.Json, Options)!;

    public AccessReportWire ConvertToSurrogate(in AccessReport value) => new(JsonSerializer.Serialize(value, Options));
}

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("ps.explain-question"), Immutable]
internal readonly record struct ExplainQuestionWire([property: Id(0)] string Principal, [property: Id(1)] string Privilege);

[RegisterConverter]
internal sealed class ExplainQuestionConverter : IConverter<ExplainQuestion, ExplainQuestionWire>
{
    public ExplainQuestion ConvertFromSurrogate(in ExplainQuestionWire wire) => new(wire.Principal, wire.Privilege);

    public ExplainQuestionWire ConvertToSurrogate(in ExplainQuestion value) => new(value.Principal, value.Privilege);
}

// As a report does, an explanation travels as JSON.
[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("ps.explanation"), Immutable]
internal readonly record struct ExplanationWire([property: Id(0)] string Json);

[RegisterConverter]
internal sealed class ExplanationConverter : IConverter<Explanation, ExplanationWire>
{
    public Explanation ConvertFromSurrogate(in ExplanationWire wire) => JsonSerializer.Deserialize<Explanation>(wire.Json)!;

    public ExplanationWire ConvertToSurrogate(in Explanation value) => new(JsonSerializer.Serialize(value));
}

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("ps.sync-exception"), Immutable]
internal readonly record struct SyncExceptionWire(
    [property: Id(0)] SyncErrorCode Code, [property: Id(1)] string Message, [property: Id(2)] TimeSpan? RetryAfter,
    [property: Id(3)] bool OutcomeUnknown, [property: Id(4)] string? ServerCode);

[RegisterConverter]
internal sealed class SyncExceptionConverter : IConverter<SyncException, SyncExceptionWire>
{
    public SyncException ConvertFromSurrogate(in SyncExceptionWire wire) => new(wire.Code, wire.Message)
    {
        RetryAfter = wire.RetryAfter, OutcomeUnknown = wire.OutcomeUnknown, ServerCode = wire.ServerCode,
    };

    public SyncExceptionWire ConvertToSurrogate(in SyncException value) =>
        new(value.Code, value.Message, value.RetryAfter, value.OutcomeUnknown, value.ServerCode);
}

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("ps.budget-report"), Immutable, StructLayout(LayoutKind.Auto)]
internal readonly record struct BudgetReportWire(
    [property: Id(0)] Guid Holder, [property: Id(1)] double HeldRate, [property: Id(2)] int HeldConcurrency, [property: Id(3)] double Demand,
    [property: Id(4)] int Wanted, [property: Id(5)] int Running, [property: Id(6)] int Refusals)
{
    [Id(7)] public int CallersWaiting { get; init; }
}

[RegisterConverter]
internal sealed class BudgetReportConverter : IConverter<BudgetReport, BudgetReportWire>
{
    public BudgetReport ConvertFromSurrogate(in BudgetReportWire wire) =>
        new(wire.Holder, wire.HeldRate, wire.HeldConcurrency, wire.Demand, wire.Wanted, wire.Running, wire.Refusals) { CallersWaiting = wire.CallersWaiting };

    public BudgetReportWire ConvertToSurrogate(in BudgetReport value) =>
        new(value.Holder, value.HeldRate, value.HeldConcurrency, value.Demand, value.Wanted, value.Running, value.Refusals) { CallersWaiting = value.CallersWaiting };
}

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("ps.budget-lease"), Immutable, StructLayout(LayoutKind.Auto)]
internal readonly record struct BudgetLeaseWire(
    [property: Id(0)] double Rate, [property: Id(1)] int Concurrency, [property: Id(2)] TimeSpan ValidFor, [property: Id(3)] double Total);

[RegisterConverter]
internal sealed class BudgetLeaseConverter : IConverter<BudgetLease, BudgetLeaseWire>
{
    public BudgetLease ConvertFromSurrogate(in BudgetLeaseWire wire) => new(wire.Rate, wire.Concurrency, wire.ValidFor, wire.Total);

    public BudgetLeaseWire ConvertToSurrogate(in BudgetLease value) => new(value.Rate, value.Concurrency, value.ValidFor, value.Total);
}
