using Refit;

namespace PolicySync.Client.Http;

/// <summary>The operations of the API as they are on the wire. Refit generates the code.</summary>
internal interface IPolicySyncApi
{
    [Post("/policysync/api/v1/task")]
    Task<ApiResponse<SyncTask>> CreateTaskAsync(
        [Body] TaskRequest request, [Header("Idempotency-Key")] string key, [Header("Prefer")] string? prefer, CancellationToken cancellation);

    [Get("/policysync/api/v1/tasks/{taskId}")]
    Task<ApiResponse<SyncTask>> GetTaskAsync(string taskId, [Header("Prefer")] string? prefer, CancellationToken cancellation);

    [Get("/policysync/api/v1/tasks")]
    Task<TaskPage> ListTasksAsync([Query] TaskQuery query, CancellationToken cancellation);

    [Get("/policysync/api/v1/tasks/{taskId}/resources")]
    Task<TaskResourcePage> ListTaskResourcesAsync(string taskId, [Query] ResourceQuery query, CancellationToken cancellation);

    [Get("/policysync/api/v1/tasks/{taskId}/events")]
    Task<HttpResponseMessage> StreamTaskAsync(string taskId, [Header("Last-Event-ID")] string? after, CancellationToken cancellation);

    [Post("/policysync/api/v1/tasks/{taskId}:cancel")]
    Task<ApiResponse<SyncTask>> CancelTaskAsync(string taskId, [Header("Prefer")] string? prefer, CancellationToken cancellation);

    [Get("/policysync/api/v1/securables/{type}/{fullName}")]
    Task<SecurableState> GetSecurableAsync(string type, string fullName, CancellationToken cancellation);

    [Get("/policysync/api/v1/policies")]
    Task<PolicyPage> ListPoliciesAsync([Query] PolicyQuery query, CancellationToken cancellation);

    [Get("/policysync/api/v1/policies/{policyId}")]
    Task<PolicyDetail> GetPolicyAsync(string policyId, [Query] string? kind, CancellationToken cancellation);

    [Post("/policysync/api/v1/policies/diff")]
    Task<PolicyDiff> ComparePoliciesAsync(
        [Body] PolicyDiffRequest request, [Query] string? pageSize, [Query] string? pageToken, CancellationToken cancellation);

    [Get("/policysync/api/v1/policies/diff")]
    Task<PolicyDiff> ComparePlanPoliciesAsync([Query] string plan, [Query] string? pageSize, [Query] string? pageToken, CancellationToken cancellation);

    [Get("/policysync/api/v1/principals/{name}/access")]
    Task<PrincipalAccessPage> GetPrincipalAccessAsync(string name, [Query] string? pageSize, [Query] string? pageToken, CancellationToken cancellation);

    [Get("/policysync/api/v1/policies/{policyId}/effects")]
    Task<PolicyEffectsPage> GetPolicyEffectsAsync(string policyId, [Query] string? pageSize, [Query] string? pageToken, CancellationToken cancellation);

    [Get("/policysync/api/v1/securables/{type}/{fullName}/access")]
    Task<AccessPage> GetAccessAsync(string type, string fullName, [Query] AccessQuery query, CancellationToken cancellation);

    [Get("/policysync/api/v1/checks")]
    Task<ServiceChecks> GetChecksAsync(CancellationToken cancellation);

    [Get("/policysync/api/v1/budget")]
    Task<WorkspaceBudget> GetBudgetAsync(CancellationToken cancellation);

    [Get("/policysync/api/v1/catalogs")]
    Task<CatalogPage> ListCatalogsAsync([AliasAs("pageToken")] string? pageToken, CancellationToken cancellation);

    [Get("/policysync/api/v1/securables")]
    Task<SecurablePage> ListSecurablesAsync([Query] SecurableQuery query, CancellationToken cancellation);

    [Get("/policysync/api/v1/drift")]
    Task<DriftPage> ListDriftAsync([Query] DriftQuery query, CancellationToken cancellation);

    [Post("/policysync/api/v1/drift/{driftId}:adopt")]
    Task AdoptDriftAsync(string driftId, CancellationToken cancellation);

    [Post("/policysync/api/v1/drift/{driftId}:ignore")]
    Task<DriftItem> IgnoreDriftAsync(string driftId, [Body] IgnoreRequest request, CancellationToken cancellation);

    [Post("/policysync/api/v1/drift/{driftId}:repair")]
    Task<ApiResponse<SyncTask>> RepairDriftAsync(string driftId, [Header("Idempotency-Key")] string key, CancellationToken cancellation);

    [Get("/policysync/api/v1/suspensions")]
    Task<SuspensionPage> ListSuspensionsAsync([AliasAs("pageToken")] string? pageToken, CancellationToken cancellation);

    [Put("/policysync/api/v1/suspensions/{pattern}")]
    Task<Suspension> SuspendAsync(string pattern, [Body] SuspensionRequest request, CancellationToken cancellation);

    [Delete("/policysync/api/v1/suspensions/{pattern}")]
    Task ResumeAsync(string pattern, CancellationToken cancellation);

    [Get("/policysync/api/v1/records")]
    Task<StoredRecordPage> ListRecordsAsync([AliasAs("pageSize")] string pageSize, [AliasAs("pageToken")] string? pageToken, CancellationToken cancellation);

    [Post("/policysync/api/v1/records")]
    Task<ImportResult> ImportRecordsAsync([Body] ImportRequest request, CancellationToken cancellation);

    [Post("/policysync/api/v1/explain")]
    Task<Explanation> ExplainAsync([Body] ExplainRequest request, CancellationToken cancellation);

    [Post("/policysync/api/v1/plans")]
    Task<Plan> CreatePlanAsync([Body] PlanRequest request, [Header("Idempotency-Key")] string key, [Header("Prefer")] string? prefer, CancellationToken cancellation);

    [Get("/policysync/api/v1/plans/{planId}")]
    Task<Plan> GetPlanAsync(string planId, [Header("Prefer")] string? prefer, CancellationToken cancellation);

    [Get("/policysync/api/v1/plans/{planId}/resources")]
    Task<PlanResourcePage> ListPlanResourcesAsync(string planId, [Query] PlanResourceQuery query, CancellationToken cancellation);

    [Post("/policysync/api/v1/plans/{planId}:apply")]
    Task<ApiResponse<SyncTask>> ApplyPlanAsync(
        string planId, [Header("Idempotency-Key")] string key, [Header("Prefer")] string? prefer, CancellationToken cancellation);

    [Post("/policysync/api/v1/tasks/{taskId}:retry")]
    Task<ApiResponse<SyncTask>> RetryTaskAsync(
        string taskId, [Header("Idempotency-Key")] string key, [Header("Prefer")] string? prefer, CancellationToken cancellation);
}

/// <summary>A page of tasks on the wire.</summary>
internal sealed record TaskPage(IReadOnlyList<TaskItem>? Tasks, string? NextPageToken);

/// <summary>A page of results on the wire.</summary>
internal sealed record TaskResourcePage(IReadOnlyList<TaskResource>? Resources, string? NextPageToken);

/// <summary>A page of catalogs on the wire.</summary>
internal sealed record CatalogPage(IReadOnlyList<CatalogItem>? Catalogs, string? NextPageToken);

/// <summary>A page of securables on the wire.</summary>
internal sealed record SecurablePage(IReadOnlyList<SecurableItem>? Securables, string? NextPageToken);

/// <summary>A page of differences on the wire.</summary>
internal sealed record DriftPage(IReadOnlyList<DriftItem>? Drift, string? NextPageToken);

/// <summary>Why a difference is ignored, on the wire.</summary>
internal sealed record IgnoreRequest(string Reason, DateTimeOffset EndTime);

/// <summary>A suspension to set, on the wire.</summary>
internal sealed record SuspensionRequest(string Reason, DateTimeOffset EndTime);

/// <summary>A page of suspensions on the wire.</summary>
internal sealed record SuspensionPage(IReadOnlyList<Suspension>? Suspensions, string? NextPageToken);

/// <summary>A page of a plan's securables on the wire.</summary>
internal sealed record PlanResourcePage(IReadOnlyList<PlanResource>? Resources, string? NextPageToken);

/// <summary>A problem document on the wire.</summary>
internal sealed record ProblemDocument(string? Title, string? Code, string? Detail, string? TraceId, IReadOnlyList<ProblemFault>? Errors);
