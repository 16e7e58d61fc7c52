namespace PolicySync.Client;

/// <summary>
/// The service as seen by a program: submits tasks, waits for them, streams and lists what they do. Safe for use by several threads. Every
/// method throws <see cref="PolicySyncException"/> when the service refuses or fails, and <see cref="HttpRequestException"/> when no answer came.
/// </summary>
public interface IPolicySyncClient
{
    /// <summary>Creates a task. It is durable when this returns; it has not ended in general.</summary>
    /// <param name="request">The task.</param>
    /// <param name="idempotencyKey">
    /// 1 to 255 visible ASCII characters. The same key and request give the same task for 24 hours, also from another process. Null: a new key,
    /// under which this call alone may repeat the request.
    /// </param>
    /// <param name="cancellation">Cancels the call, not the task.</param>
    Task<TaskAccepted> SubmitAsync(TaskRequest request, string? idempotencyKey = null, CancellationToken cancellation = default);

    /// <summary>Creates a task and waits for its end. Parameters as of <see cref="SubmitAsync"/> and <see cref="WaitAsync"/>.</summary>
    Task<SyncTask> RunAsync(
        TaskRequest request, IProgress<SyncTask>? progress = null, string? idempotencyKey = null, CancellationToken cancellation = default);

    /// <summary>Reads a task.</summary>
    Task<SyncTask> GetAsync(string taskId, CancellationToken cancellation = default);

    /// <summary>Waits for the end of a task.</summary>
    /// <param name="taskId">Which.</param>
    /// <param name="progress">Receives the task each time it was read. With it, the task is read more often.</param>
    /// <param name="cancellation">Ends the wait, not the task.</param>
    Task<SyncTask> WaitAsync(string taskId, IProgress<SyncTask>? progress = null, CancellationToken cancellation = default);

    /// <summary>
    /// Streams a task: its status, its counts, and each result when there is one, until the task has ended. A lost connection is opened again, and
    /// continues after the last result.
    /// </summary>
    /// <param name="taskId">Which.</param>
    /// <param name="after">The number of a result: only results after it are streamed. Null: all.</param>
    /// <param name="cancellation">Ends the stream, not the task.</param>
    IAsyncEnumerable<TaskUpdate> StreamAsync(string taskId, long? after = null, CancellationToken cancellation = default);

    /// <summary>Lists tasks: open ones first, then ended ones, newest first.</summary>
    Pages<TaskItem> Tasks(TaskFilter? filter = null);

    /// <summary>Lists what a task did to each securable, in the order of processing.</summary>
    Pages<TaskResource> Resources(string taskId, ResourceFilter? filter = null);

    /// <summary>Reads what the service knows of a securable: its mode, what was recorded, its last tasks. The workspace is not called.</summary>
    /// <param name="type">A type of a task's resources, for example <c>table</c>.</param>
    /// <param name="fullName">The full name, for example <c>main.sales.customers</c>.</param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <exception cref="PolicySyncException"><c>NOT_FOUND</c>: type and name are not those of a securable, or the token may not read it.</exception>
    Task<SecurableState> SecurableAsync(string type, string fullName, CancellationToken cancellation = default);

    /// <summary>Reads a page of the policies that the service accepted last, with the version and age of their set.</summary>
    /// <param name="filter">Which policies; null for all.</param>
    /// <param name="pageToken">The <see cref="PolicyPage.NextPageToken"/> of the page before; null for the first page.</param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <exception cref="PolicySyncException"><c>SECURABLE_NOT_ALLOWED</c>: the token is limited to securables.</exception>
    Task<PolicyPage> PoliciesAsync(PolicyFilter? filter = null, string? pageToken = null, CancellationToken cancellation = default);

    /// <summary>Lists the policies that the service accepted last: resource policies before tag policies, each by id.</summary>
    Pages<PolicyItem> Policies(PolicyFilter? filter = null);

    /// <summary>Reads a policy as Ranger's JSON, with what of it has no effect.</summary>
    /// <param name="policyId">The id in Ranger.</param>
    /// <param name="kind">The kind, where a resource policy and a tag policy have the same id; null for the resource policy.</param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <exception cref="PolicySyncException"><c>NOT_FOUND</c>: there is no such policy.</exception>
    Task<PolicyDetail> PolicyAsync(long policyId, PolicyKind? kind = null, CancellationToken cancellation = default);

    /// <summary>Counts the securables of each catalog by status, as the last runs recorded them. The workspace is not called.</summary>
    Pages<CatalogItem> Catalogs();

    /// <summary>Lists the securables that were synced, as the last runs recorded them. The workspace is not called.</summary>
    Pages<SecurableItem> Securables(SecurableFilter? filter = null);

    /// <summary>
    /// Compares candidate policies with the current ones, page by page: what is evaluated differently. Each page has the counts and the set.
    /// Nothing is stored, and Unity Catalog is not asked.
    /// </summary>
    /// <param name="request">The candidate policies. They are sent again for each page.</param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <exception cref="PolicySyncException">
    /// <c>INVALID_REQUEST</c>: the policies cannot be read, or the current ones have changed since the page before; begin again then.
    /// <c>SECURABLE_NOT_ALLOWED</c>: the token is limited to securables.
    /// </exception>
    IAsyncEnumerable<PolicyDiff> ComparePoliciesAsync(PolicyDiffRequest request, CancellationToken cancellation = default);

    /// <summary>Compares the candidate policies of a plan with the current ones, as they are now, page by page.</summary>
    /// <param name="planId">The plan.</param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <exception cref="PolicySyncException">
    /// As of <see cref="ComparePoliciesAsync"/>, or <c>PLAN_OUTDATED</c>: the policies of the plan are not known any more.
    /// </exception>
    IAsyncEnumerable<PolicyDiff> ComparePlanPoliciesAsync(string planId, CancellationToken cancellation = default);

    /// <summary>Lists what VERIFY tasks and dry runs have found and no sync has removed. The workspace is not called.</summary>
    Pages<DriftItem> Drift(DriftFilter? filter = null);

    /// <summary>
    /// Has the service take a grant of others as its own: the next sync revokes it where no policy wants it. A repeated request fails with
    /// <c>NOT_FOUND</c>.
    /// </summary>
    /// <param name="driftId">The difference, of the kind <see cref="DriftKind.Foreign"/>.</param>
    /// <param name="cancellation">Cancels the call; the grant may be adopted nevertheless.</param>
    /// <exception cref="PolicySyncException"><c>NOT_FOUND</c>, or <c>NOT_ADOPTABLE</c> when it would have no effect.</exception>
    Task AdoptAsync(string driftId, CancellationToken cancellation = default);

    /// <summary>Has a difference not reported until a time. Syncs repair it nevertheless.</summary>
    /// <param name="driftId">The difference.</param>
    /// <param name="reason">Why, for people: 1 to 500 characters.</param>
    /// <param name="endTime">The end: in the future, at most 366 days ahead.</param>
    /// <param name="cancellation">Cancels the call; the difference may be ignored nevertheless.</param>
    Task<DriftItem> IgnoreAsync(string driftId, string reason, DateTimeOffset endTime, CancellationToken cancellation = default);

    /// <summary>Creates a task that syncs the securable of a difference.</summary>
    /// <param name="driftId">The difference.</param>
    /// <param name="idempotencyKey">As of <see cref="SubmitAsync"/>.</param>
    /// <param name="cancellation">Cancels the call, not the task.</param>
    Task<TaskAccepted> RepairAsync(string driftId, string? idempotencyKey = null, CancellationToken cancellation = default);

    /// <summary>Lists the suspensions that are in force, the one that was set last first.</summary>
    Pages<Suspension> Suspensions();

    /// <summary>
    /// Has nothing written on the securables of a pattern until a time: tasks skip them. When this returns, no new write begins there; a
    /// write under way is finished. Replaces a suspension of the same pattern. Needs the scope <c>policysync.ops</c>.
    /// </summary>
    /// <param name="pattern">1 to 3 names joined by dots, with <c>*</c> and <c>?</c> within a name; covers everything below too.</param>
    /// <param name="reason">Why, for people: 1 to 500 characters.</param>
    /// <param name="endTime">The end: in the future, at most 366 days ahead.</param>
    /// <param name="cancellation">Cancels the call; the suspension may be set nevertheless.</param>
    Task<Suspension> SuspendAsync(string pattern, string reason, DateTimeOffset endTime, CancellationToken cancellation = default);

    /// <summary>Deletes a suspension. Nothing is synced by this alone. Needs the scope <c>policysync.ops</c>.</summary>
    /// <param name="pattern">The pattern of the suspension, in any case.</param>
    /// <param name="cancellation">Cancels the call; the suspension may be deleted nevertheless.</param>
    /// <exception cref="PolicySyncException">
    /// <c>NOT_FOUND</c>: no suspension in force has this pattern, also after a first request whose answer was lost; or the token does not
    /// cover it.
    /// </exception>
    Task ResumeAsync(string pattern, CancellationToken cancellation = default);

    /// <summary>
    /// Reads who has access to a securable and why, page by page. Each page has the securable, what policy says, and the paths of its
    /// principals; the workspace is read for each page unless the filter asks for what was recorded.
    /// </summary>
    /// <param name="type">A type of a task's resources, for example <c>table</c>.</param>
    /// <param name="fullName">The full name, for example <c>main.sales.customers</c>.</param>
    /// <param name="filter">Which part; null for all.</param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <exception cref="PolicySyncException">
    /// <c>NOT_FOUND</c>: there is no such securable, or the token may not read it. <c>NOT_ANSWERED</c>: the workspace or the policies did not
    /// give what the answer needs.
    /// </exception>
    IAsyncEnumerable<AccessPage> AccessAsync(string type, string fullName, AccessFilter? filter = null, CancellationToken cancellation = default);

    /// <summary>Reads one page of who has access to a securable. Parameters and errors as of <see cref="AccessAsync"/>.</summary>
    /// <param name="type">The type.</param>
    /// <param name="fullName">The full name.</param>
    /// <param name="filter">Which part; null for all.</param>
    /// <param name="pageToken">The <see cref="AccessPage.NextPageToken"/> of the page before; null for the first page.</param>
    /// <param name="cancellation">Cancels the call.</param>
    Task<AccessPage> AccessPageAsync(
        string type, string fullName, AccessFilter? filter = null, string? pageToken = null, CancellationToken cancellation = default);

    /// <summary>Makes a plan. It is durable when this returns; it has not ended in general.</summary>
    /// <param name="request">The resources and the policies.</param>
    /// <param name="idempotencyKey">As of <see cref="SubmitAsync"/>.</param>
    /// <param name="cancellation">Cancels the call, not the plan.</param>
    Task<Plan> CreatePlanAsync(PlanRequest request, string? idempotencyKey = null, CancellationToken cancellation = default);

    /// <summary>Reads a plan, with its summary when it has ended.</summary>
    Task<Plan> PlanAsync(string planId, CancellationToken cancellation = default);

    /// <summary>Lists what a plan would do to each securable.</summary>
    Pages<PlanResource> PlanResources(string planId, PlanResourceFilter? filter = null);

    /// <summary>Creates a task that carries out a plan, if nothing has moved since it was made.</summary>
    /// <param name="planId">Which.</param>
    /// <param name="idempotencyKey">As of <see cref="SubmitAsync"/>.</param>
    /// <param name="cancellation">Cancels the call, not the task.</param>
    /// <exception cref="PolicySyncException"><c>PLAN_OUTDATED</c>: the plan has not ended well, is too old, or the policies have changed.</exception>
    Task<TaskAccepted> ApplyAsync(string planId, string? idempotencyKey = null, CancellationToken cancellation = default);

    /// <summary>
    /// Explains why a principal has, or does not have, a privilege on a securable: what policies decide and how, what Unity Catalog gives and
    /// by which paths, and the difference. The workspace is read.
    /// </summary>
    /// <param name="request">The question.</param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <exception cref="PolicySyncException">
    /// <c>INVALID_REQUEST</c>: the securable cannot have the privilege. <c>NOT_FOUND</c>: there is no such securable, or the token may not
    /// read it. <c>NOT_ANSWERED</c>: the workspace or the policies did not give what the answer needs.
    /// </exception>
    Task<Explanation> ExplainAsync(ExplainRequest request, CancellationToken cancellation = default);

    /// <summary>
    /// Reads what a user, service principal or group reaches, by its own grants and those of its groups, as the last syncs recorded it; page by
    /// page. A page may be empty although there is a next one.
    /// </summary>
    /// <param name="principal">An e-mail, an application id or the name of a group.</param>
    /// <param name="cancellation">Cancels the call.</param>
    IAsyncEnumerable<PrincipalAccessPage> ReachAsync(string principal, CancellationToken cancellation = default);

    /// <summary>Reads one page of what a principal reaches. A page may be empty although there is a next one.</summary>
    /// <param name="principal">An e-mail, an application id or the name of a group.</param>
    /// <param name="pageSize">Most items of the page; null for the default of the service, 100.</param>
    /// <param name="pageToken">The <see cref="PrincipalAccessPage.NextPageToken"/> of the page before; null for the first page.</param>
    /// <param name="cancellation">Cancels the call.</param>
    Task<PrincipalAccessPage> ReachPageAsync(
        string principal, int? pageSize = null, string? pageToken = null, CancellationToken cancellation = default);

    /// <summary>
    /// Has the service check its storage, policies, workspace, principals, rights, warehouse and suspensions. A check that fails is part of
    /// the answer. It takes about 10 seconds at most.
    /// </summary>
    /// <param name="cancellation">Cancels the call.</param>
    /// <exception cref="PolicySyncException">Among others <c>SECURABLE_NOT_ALLOWED</c>: the token is limited to securables.</exception>
    Task<ServiceChecks> ChecksAsync(CancellationToken cancellation = default);

    /// <summary>Reads how the budget of the workspace is used, as the processes reported it within 5 seconds. The workspace is not called.</summary>
    Task<WorkspaceBudget> BudgetAsync(CancellationToken cancellation = default);

    /// <summary>Lists where a policy acts and what it could not do, as the last syncs recorded it.</summary>
    /// <param name="policyId">The id of the policy in Ranger.</param>
    Pages<PolicyEffect> PolicyEffects(long policyId);

    /// <summary>
    /// Reads everything of the service that a lost storage account would lose, page by page. Needs the scope <c>policysync.ops</c> and a token
    /// that is not limited to securables.
    /// </summary>
    /// <param name="pageSize">Most records of a page; null for the most that the service gives.</param>
    /// <param name="cancellation">Cancels the call.</param>
    IAsyncEnumerable<StoredRecordPage> ExportAsync(int? pageSize = null, CancellationToken cancellation = default);

    /// <summary>
    /// Stores records of an export where the service has nothing newer. May be repeated. Needs the scope <c>policysync.ops</c> and a token that
    /// is not limited to securables.
    /// </summary>
    /// <param name="request">At most 500 records.</param>
    /// <param name="cancellation">Cancels the call; records may be stored nevertheless.</param>
    /// <exception cref="PolicySyncException"><c>INVALID_REQUEST</c>: a record has a fault, and none is stored.</exception>
    Task<ImportResult> ImportAsync(ImportRequest request, CancellationToken cancellation = default);

    /// <summary>
    /// Cancels a task, and waits until securables in work have ended, for as long as one request waits. The task may not have ended
    /// when this returns; <see cref="WaitAsync"/> waits on. A task that has ended is returned as it is.
    /// </summary>
    Task<SyncTask> CancelAsync(string taskId, CancellationToken cancellation = default);

    /// <summary>Creates a task of the failed securables of one that has ended.</summary>
    /// <param name="taskId">The task that has ended.</param>
    /// <param name="idempotencyKey">As of <see cref="SubmitAsync"/>.</param>
    /// <param name="cancellation">Cancels the call, not the task.</param>
    /// <exception cref="PolicySyncException"><c>TASK_NOT_ENDED</c>, or <c>NOTHING_TO_RETRY</c> when nothing failed.</exception>
    Task<TaskAccepted> RetryAsync(string taskId, string? idempotencyKey = null, CancellationToken cancellation = default);
}
