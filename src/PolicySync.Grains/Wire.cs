using System.Runtime.InteropServices;
using System.Text.Json;
using PolicySync.Core.Errors;
using PolicySync.Core.Planning;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Core.Workspaces;

namespace PolicySync.Grains;

// What Core's types look like between processes. Core knows no Orleans, so each has a surrogate here. Aliases are fixed
// for ever and ids only grow: processes of two versions talk to each other during a rolling upgrade.

[GenerateSerializer, Alias("ps.securable"), Immutable]
internal struct SecurableWire
{
    [Id(0)] public SecurableType Type;
    [Id(1)] public string FullName;
}

[RegisterConverter]
internal sealed class SecurableConverter : IConverter<Securable, SecurableWire>
{
    public Securable ConvertFromSurrogate(in SecurableWire wire) => Securable.Parse(wire.Type, wire.FullName);

    public SecurableWire ConvertToSurrogate(in Securable value) => new() { Type = value.Type, FullName = value.FullName };
}

[GenerateSerializer, Alias("ps.securable-facts"), Immutable]
internal struct SecurableFactsWire
{
    [Id(0)] public Securable Securable;
    [Id(1)] public string Kind;
    [Id(2)] public string? Owner;
    [Id(3)] public string? Identity;
    [Id(4)] public string? ChangedBy;
    [Id(5)] public DateTimeOffset? ChangedAt;
}

[RegisterConverter]
internal sealed class SecurableFactsConverter : IConverter<SecurableFacts, SecurableFactsWire>
{
    public SecurableFacts ConvertFromSurrogate(in SecurableFactsWire wire) =>
        new(wire.Securable, wire.Kind, wire.Owner, wire.Identity) { ChangedBy = wire.ChangedBy, ChangedAt = wire.ChangedAt };

    public SecurableFactsWire ConvertToSurrogate(in SecurableFacts value) => new()
    {
        Securable = value.Securable,
        Kind = value.Kind,
        Owner = value.Owner,
        Identity = value.Identity,
        ChangedBy = value.ChangedBy,
        ChangedAt = value.ChangedAt,
    };
}

[GenerateSerializer, Alias("ps.change"), Immutable]
internal struct ResourceChangeWire
{
    [Id(0)] public ChangeAction Action;
    [Id(1)] public string? Principal;
    [Id(2)] public string? Privilege;
    [Id(3)] public string? Column;
    [Id(4)] public long? PolicyId;
    [Id(5)] public string? PolicyName;
}

[RegisterConverter]
internal sealed class ResourceChangeConverter : IConverter<ResourceChange, ResourceChangeWire>
{
    public ResourceChange ConvertFromSurrogate(in ResourceChangeWire wire) =>
        new(wire.Action, wire.Principal, wire.Privilege, wire.Column, wire.PolicyId, wire.PolicyName);

    public ResourceChangeWire ConvertToSurrogate(in ResourceChange value) => new()
    {
        Action = value.Action,
        Principal = value.Principal,
        Privilege = value.Privilege,
        Column = value.Column,
        PolicyId = value.PolicyId,
        PolicyName = value.PolicyName,
    };
}

[GenerateSerializer, Alias("ps.gap"), Immutable]
internal struct GapWire
{
    [Id(0)] public GapCode Code;
    [Id(1)] public GapDirection Direction;
    [Id(2)] public string? Principal;
    [Id(3)] public string? Privilege;
    [Id(4)] public string Detail;
    [Id(5)] public long? PolicyId;
}

[RegisterConverter]
internal sealed class GapConverter : IConverter<Gap, GapWire>
{
    public Gap ConvertFromSurrogate(in GapWire wire) =>
        new(wire.Code, wire.Direction, wire.Principal, wire.Privilege, wire.Detail, wire.PolicyId);

    public GapWire ConvertToSurrogate(in Gap value) => new()
    {
        Code = value.Code,
        Direction = value.Direction,
        Principal = value.Principal,
        Privilege = value.Privilege,
        Detail = value.Detail,
        PolicyId = value.PolicyId,
    };
}

[GenerateSerializer, Alias("ps.external-change"), Immutable]
internal struct ExternalChangeWire
{
    [Id(0)] public ChangeAction Action;
    [Id(1)] public string Principal;
    [Id(2)] public string Privilege;
    [Id(3)] public long? PolicyId;
    [Id(4)] public string? TaskId;
    [Id(5)] public string? By;
    [Id(6)] public DateTimeOffset? At;
}

[RegisterConverter]
internal sealed class ExternalChangeConverter : IConverter<ExternalChange, ExternalChangeWire>
{
    public ExternalChange ConvertFromSurrogate(in ExternalChangeWire wire) =>
        new(wire.Action, wire.Principal, wire.Privilege, wire.PolicyId, wire.TaskId, wire.By, wire.At);

    public ExternalChangeWire ConvertToSurrogate(in ExternalChange value) => new()
    {
        Action = value.Action,
        Principal = value.Principal,
        Privilege = value.Privilege,
        PolicyId = value.PolicyId,
        TaskId = value.TaskId,
        By = value.By,
        At = value.At,
    };
}

[GenerateSerializer, Alias("ps.planned-call"), Immutable]
internal struct PlannedCallWire
{
    [Id(0)] public string Method;
    [Id(1)] public string Path;
    [Id(2)] public string Body;
    [Id(3)] public bool AfterChildren;
}

[RegisterConverter]
internal sealed class PlannedCallConverter : IConverter<PlannedCall, PlannedCallWire>
{
    public PlannedCall ConvertFromSurrogate(in PlannedCallWire wire) =>
        new(wire.Method, wire.Path, wire.Body) { AfterChildren = wire.AfterChildren };

    public PlannedCallWire ConvertToSurrogate(in PlannedCall value) => new()
    {
        Method = value.Method,
        Path = value.Path,
        Body = value.Body,
        AfterChildren = value.AfterChildren,
    };
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

// Its JSON is its stored form already; moving it between silos needs no second one to keep.
[GenerateSerializer, Alias("ps.ledger"), Immutable]
internal struct LedgerWire
{
    [Id(0)] public string Json;
}

[RegisterConverter]
internal sealed class LedgerConverter : IConverter<Ledger, LedgerWire>
{
    public Ledger ConvertFromSurrogate(in LedgerWire wire) => JsonSerializer.Deserialize<Ledger>(wire.Json) ?? Ledger.Empty;

    public LedgerWire ConvertToSurrogate(in Ledger value) => new() { Json = JsonSerializer.Serialize(value) };
}

[GenerateSerializer, Alias("ps.sync-exception"), Immutable]
internal struct SyncExceptionWire
{
    [Id(0)] public SyncErrorCode Code;
    [Id(1)] public string Message;
    [Id(2)] public TimeSpan? RetryAfter;
    [Id(3)] public bool OutcomeUnknown;
    [Id(4)] public string? ServerCode;
}

[RegisterConverter]
internal sealed class SyncExceptionConverter : IConverter<SyncException, SyncExceptionWire>
{
    public SyncException ConvertFromSurrogate(in SyncExceptionWire wire) => new(wire.Code, wire.Message)
    {
        RetryAfter = wire.RetryAfter,
        OutcomeUnknown = wire.OutcomeUnknown,
        ServerCode = wire.ServerCode,
    };

    public SyncExceptionWire ConvertToSurrogate(in SyncException value) => new()
    {
        Code = value.Code,
        Message = value.Message,
        RetryAfter = value.RetryAfter,
        OutcomeUnknown = value.OutcomeUnknown,
        ServerCode = value.ServerCode,
    };
}

[GenerateSerializer, Alias("ps.budget-report"), Immutable, StructLayout(LayoutKind.Auto)]
internal struct BudgetReportWire
{
    [Id(0)] public Guid Holder;
    [Id(1)] public double HeldRate;
    [Id(2)] public int HeldConcurrency;
    [Id(3)] public double Demand;
    [Id(4)] public int Wanted;
    [Id(5)] public int Running;
    [Id(6)] public int Refusals;
}

[RegisterConverter]
internal sealed class BudgetReportConverter : IConverter<BudgetReport, BudgetReportWire>
{
    public BudgetReport ConvertFromSurrogate(in BudgetReportWire wire) =>
        new(wire.Holder, wire.HeldRate, wire.HeldConcurrency, wire.Demand, wire.Wanted, wire.Running, wire.Refusals);

    public BudgetReportWire ConvertToSurrogate(in BudgetReport value) => new()
    {
        Holder = value.Holder,
        HeldRate = value.HeldRate,
        HeldConcurrency = value.HeldConcurrency,
        Demand = value.Demand,
        Wanted = value.Wanted,
        Running = value.Running,
        Refusals = value.Refusals,
    };
}

[GenerateSerializer, Alias("ps.budget-lease"), Immutable, StructLayout(LayoutKind.Auto)]
internal struct BudgetLeaseWire
{
    [Id(0)] public double Rate;
    [Id(1)] public int Concurrency;
    [Id(2)] public TimeSpan ValidFor;
    [Id(3)] public double Total;
}

[RegisterConverter]
internal sealed class BudgetLeaseConverter : IConverter<BudgetLease, BudgetLeaseWire>
{
    public BudgetLease ConvertFromSurrogate(in BudgetLeaseWire wire) => new(wire.Rate, wire.Concurrency, wire.ValidFor, wire.Total);

    public BudgetLeaseWire ConvertToSurrogate(in BudgetLease value) =>
        new() { Rate = value.Rate, Concurrency = value.Concurrency, ValidFor = value.ValidFor, Total = value.Total };
}
