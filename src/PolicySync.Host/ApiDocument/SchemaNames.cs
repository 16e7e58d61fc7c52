using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Api;
using PolicySync.Host.Api.Plans;
using PolicySync.Host.Api.Catalogs;
using PolicySync.Host.Api.Checks;
using PolicySync.Host.Api.Drift;
using PolicySync.Host.Api.Policies;
using PolicySync.Host.Api.Records;
using PolicySync.Host.Api.Securables;
using PolicySync.Host.Api.Suspensions;

namespace PolicySync.Host.ApiDocument;

/// <summary>
/// Schema names for clients, in place of names of the code. None is the name of a type that C# or TypeScript code has in scope without
/// asking, like <c>Task</c> or <c>TaskStatus</c>.
/// </summary>
internal static class SchemaNames
{
    public const string Task = "SyncTask";
    public const string Accepted = "TaskAccepted";
    public const string PlannedCall = "PlannedCall";
    public const string PolicyWithWarnings = "PolicyDetail";
    public const string PlanRequest = "PlanRequest";
    public const string PolicyDiffRequest = "PolicyDiffRequest";
    public const string PolicyKind = "PolicyKind";
    public const string StoredRecord = "StoredRecord";
    public const string Status = "SyncTaskStatus";
    public const string Outcome = "SyncTaskOutcome";
    public const string ResourceStatus = "ResourceStatus";

    private static readonly Dictionary<Type, string> Names = new()
    {
        [typeof(TaskBody)] = "TaskRequest",
        [typeof(TaskBodyInfo)] = "TaskRequestInfo",
        [typeof(TaskBodyResource)] = "TaskRequestResource",
        [typeof(TaskDetail)] = Task,
        [typeof(EventDetail)] = "TaskEvent",
        [typeof(EventPositionDetail)] = "TaskEventPosition",
        [typeof(ResourceDetail)] = "TaskResource",
        [typeof(TaskList)] = "TaskPage",
        [typeof(TaskListItem)] = "TaskItem",
        [typeof(ProgressDetail)] = "TaskProgress",
        [typeof(ExplainBody)] = "ExplainRequest",
        [typeof(ExplainBodySecurable)] = "ExplainRequestSecurable",
        [typeof(SecurableDetail)] = "SecurableState",
        [typeof(PlanBody)] = PlanRequest,
        [typeof(PlanDetail)] = "Plan",
        [typeof(PlanPoliciesDetail)] = "PlanPolicies",
        [typeof(PlanResourceDetail)] = "PlanResource",
        [typeof(PolicyPageDetail)] = "PolicyPage",
        [typeof(PolicyListItem)] = "PolicyItem",
        [typeof(PolicyDetail)] = PolicyWithWarnings,
        [typeof(PolicyDiffBody)] = PolicyDiffRequest,
        [typeof(PolicyDiffDetail)] = "PolicyDiff",
        [typeof(PolicySetDetail)] = "PolicySetInfo",
        [typeof(PolicyValidityDetail)] = "PolicyValidity",
        [typeof(PolicyItemCounts)] = "PolicyItemCounts",
        [typeof(CatalogDetail)] = "CatalogItem",
        [typeof(BudgetDetail)] = "WorkspaceBudget",
        [typeof(DriftDetail)] = "DriftItem",
        [typeof(IgnoreBody)] = "IgnoreRequest",
        [typeof(RecordDetail)] = StoredRecord,
        [typeof(RecordPage)] = "StoredRecordPage",
        [typeof(ImportBody)] = "ImportRequest",
        [typeof(ImportAnswer)] = "ImportResult",
        [typeof(ImportedRecordDetail)] = "ImportedRecord",
        [typeof(SuspensionDetail)] = "Suspension",
        [typeof(SuspensionBody)] = "SuspensionRequest",
        [typeof(ResourcePage)] = "TaskResourcePage",
        [typeof(ResultError)] = "TaskResourceError",
        [typeof(ExternalChangeDetail)] = "ExternalChange",
        [typeof(PlannedCallDetail)] = PlannedCall,
        [typeof(ProblemAnswer)] = "Problem",
        [typeof(Fault)] = "ProblemError",
        [typeof(SyncErrorCode)] = "ErrorCode",
    };

    /// <summary>The name of a type's schema; null for a type whose own name is good.</summary>
    public static string? Of(Type type) => Names.GetValueOrDefault(Nullable.GetUnderlyingType(type) ?? type);
}
