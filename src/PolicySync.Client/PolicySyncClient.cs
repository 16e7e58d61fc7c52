using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using PolicySync.Client.Http;
using PolicySync.Client.Streams;
using Refit;

namespace PolicySync.Client;

/// <inheritdoc cref="IPolicySyncClient"/>
public sealed partial class PolicySyncClient : IPolicySyncClient, IDisposable
{
    /// <summary>The shortest pause between two reads of a task, for a service that does not wait.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    /// <summary>The size of the largest page.</summary>
    private const string LargestPage = "1000";

    private readonly PolicySyncClientOptions _options;
    private readonly HttpClient _http;
    private readonly IPolicySyncApi _api;
    private readonly TaskStream _stream;

    /// <summary>Creates a client with connections of its own.</summary>
    /// <exception cref="ArgumentException">An option is missing or out of range.</exception>
    [SuppressMessage("Reliability", "CA2000", Justification = "the HttpClient owns its handlers")]
    public PolicySyncClient(PolicySyncClientOptions options)
        : this(options, Pipeline.Build(Checked(options), Pipeline.Connections()))
    {
    }

    /// <summary>
    /// Creates a client that sends by connections which others share, for a program that acts for many callers: a client for each, with the
    /// caller's token. Disposing of the client leaves the connections open.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="connections">Sends requests, for example a <see cref="SocketsHttpHandler"/> that does not follow redirects.</param>
    /// <exception cref="ArgumentException">An option is missing or out of range.</exception>
    [SuppressMessage("Reliability", "CA2000", Justification = "the HttpClient owns its handlers")]
    public PolicySyncClient(PolicySyncClientOptions options, HttpMessageHandler connections)
        : this(options, Pipeline.Build(Checked(options), connections, owns: false))
    {
    }

    /// <summary>Creates a client that sends by <paramref name="http"/>, which has the handlers of <see cref="Pipeline"/>.</summary>
    internal PolicySyncClient(PolicySyncClientOptions options, HttpClient http)
    {
        _options = Checked(options);
        _http = http;
        _api = Pipeline.Api(http, options);
        _stream = new TaskStream(_api, options);
    }

    /// <inheritdoc/>
    public async Task<TaskAccepted> SubmitAsync(TaskRequest request, string? idempotencyKey = null, CancellationToken cancellation = default)
    {
        using var answer = await _api.CreateTaskAsync(request, idempotencyKey ?? NewKey(), prefer: null, cancellation).ConfigureAwait(false);
        return Accepted(Read(answer));
    }

    /// <inheritdoc/>
    public async Task<SyncTask> RunAsync(
        TaskRequest request, IProgress<SyncTask>? progress = null, string? idempotencyKey = null, CancellationToken cancellation = default)
    {
        using var answer = await _api.CreateTaskAsync(
            request, idempotencyKey ?? NewKey(), Prefer(WaitOf(progress)), cancellation).ConfigureAwait(false);
        var task = Read(answer);
        if (!task.Status.IsEnded())
        {
            return await WaitAsync(task.TaskId, progress, cancellation).ConfigureAwait(false);
        }

        progress?.Report(task);
        return task;
    }

    /// <inheritdoc/>
    public async Task<SyncTask> GetAsync(string taskId, CancellationToken cancellation = default)
    {
        using var answer = await _api.GetTaskAsync(Id(taskId), prefer: null, cancellation).ConfigureAwait(false);
        return Read(answer);
    }

    /// <inheritdoc/>
    public async Task<SyncTask> WaitAsync(string taskId, IProgress<SyncTask>? progress = null, CancellationToken cancellation = default)
    {
        var wait = WaitOf(progress);
        while (true)
        {
            var since = _options.Time.GetTimestamp();
            using var answer = await _api.GetTaskAsync(Id(taskId), Prefer(wait), cancellation).ConfigureAwait(false);
            var task = Read(answer);
            progress?.Report(task);
            if (task.Status.IsEnded())
            {
                return task;
            }

            // A process that stops, or an older service, answers before the wait is over.
            if (_options.Time.GetElapsedTime(since) is var waited && waited < wait)
            {
                var pause = answer.Headers?.RetryAfter?.Delta ?? ShortestPause;
                await Task.Delay(pause < wait - waited ? pause : wait - waited, _options.Time, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<TaskUpdate> StreamAsync(string taskId, long? after = null, CancellationToken cancellation = default) =>
        _stream.ReadAsync(Id(taskId), after, cancellation);

    /// <inheritdoc/>
    public Pages<TaskItem> Tasks(TaskFilter? filter = null) => new(async (pageToken, cancellation) =>
    {
        var page = await _api.ListTasksAsync(TaskQuery.Of(filter, pageToken), cancellation).ConfigureAwait(false);
        return new Page<TaskItem>(page.Tasks ?? [], page.NextPageToken);
    });

    /// <inheritdoc/>
    public Pages<TaskResource> Resources(string taskId, ResourceFilter? filter = null) => new(async (pageToken, cancellation) =>
    {
        var page = await _api.ListTaskResourcesAsync(Id(taskId), ResourceQuery.Of(filter, pageToken), cancellation).ConfigureAwait(false);
        return new Page<TaskResource>(page.Resources ?? [], page.NextPageToken);
    });

    /// <inheritdoc/>
    public Task<PolicyPage> PoliciesAsync(PolicyFilter? filter = null, string? pageToken = null, CancellationToken cancellation = default) =>
        _api.ListPoliciesAsync(PolicyQuery.Of(filter, pageToken), cancellation);

    /// <inheritdoc/>
    public Pages<PolicyItem> Policies(PolicyFilter? filter = null) => new(async (pageToken, cancellation) =>
    {
        var page = await PoliciesAsync(filter, pageToken, cancellation).ConfigureAwait(false);
        return new Page<PolicyItem>(page.Policies, page.NextPageToken);
    });

    /// <inheritdoc/>
    public Task<PolicyDetail> PolicyAsync(long policyId, PolicyKind? kind = null, CancellationToken cancellation = default) =>
        _api.GetPolicyAsync(policyId.ToString(CultureInfo.InvariantCulture), Query.Text(kind), cancellation);

    /// <inheritdoc/>
    public Task<ServiceChecks> ChecksAsync(CancellationToken cancellation = default) => _api.GetChecksAsync(cancellation);

    /// <inheritdoc/>
    public Task<WorkspaceBudget> BudgetAsync(CancellationToken cancellation = default) => _api.GetBudgetAsync(cancellation);

    /// <inheritdoc/>
    public Pages<CatalogItem> Catalogs() => new(async (pageToken, cancellation) =>
    {
        var page = await _api.ListCatalogsAsync(pageToken, cancellation).ConfigureAwait(false);
        return new Page<CatalogItem>(page.Catalogs ?? [], page.NextPageToken);
    });

    /// <inheritdoc/>
    public Pages<SecurableItem> Securables(SecurableFilter? filter = null) => new(async (pageToken, cancellation) =>
    {
        var page = await _api.ListSecurablesAsync(SecurableQuery.Of(filter, pageToken), cancellation).ConfigureAwait(false);
        return new Page<SecurableItem>(page.Securables ?? [], page.NextPageToken);
    });

    /// <inheritdoc/>
    public Pages<DriftItem> Drift(DriftFilter? filter = null) => new(async (pageToken, cancellation) =>
    {
        var page = await _api.ListDriftAsync(DriftQuery.Of(filter, pageToken), cancellation).ConfigureAwait(false);
        return new Page<DriftItem>(page.Drift ?? [], page.NextPageToken);
    });

    /// <inheritdoc/>
    public Task AdoptAsync(string driftId, CancellationToken cancellation = default) => _api.AdoptDriftAsync(Id(driftId), cancellation);

    /// <inheritdoc/>
    public Task<DriftItem> IgnoreAsync(string driftId, string reason, DateTimeOffset endTime, CancellationToken cancellation = default) =>
        _api.IgnoreDriftAsync(Id(driftId), new IgnoreRequest(reason, endTime), cancellation);

    /// <inheritdoc/>
    public async Task<TaskAccepted> RepairAsync(string driftId, string? idempotencyKey = null, CancellationToken cancellation = default)
    {
        using var answer = await _api.RepairDriftAsync(Id(driftId), idempotencyKey ?? NewKey(), cancellation).ConfigureAwait(false);
        return Accepted(Read(answer));
    }

    /// <inheritdoc/>
    public Pages<Suspension> Suspensions() => new(async (pageToken, cancellation) =>
    {
        var page = await _api.ListSuspensionsAsync(pageToken, cancellation).ConfigureAwait(false);
        return new Page<Suspension>(page.Suspensions ?? [], page.NextPageToken);
    });

    /// <inheritdoc/>
    public Task<Suspension> SuspendAsync(string pattern, string reason, DateTimeOffset endTime, CancellationToken cancellation = default) =>
        _api.SuspendAsync(Pattern(pattern), new SuspensionRequest(reason, endTime), cancellation);

    /// <inheritdoc/>
    public Task ResumeAsync(string pattern, CancellationToken cancellation = default) => _api.ResumeAsync(Pattern(pattern), cancellation);

    /// <inheritdoc/>
    public Task<Plan> CreatePlanAsync(PlanRequest request, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        _api.CreatePlanAsync(request, idempotencyKey ?? NewKey(), prefer: null, cancellation);

    /// <inheritdoc/>
    public Task<Plan> PlanAsync(string planId, CancellationToken cancellation = default) => _api.GetPlanAsync(Id(planId), prefer: null, cancellation);

    /// <inheritdoc/>
    public Pages<PlanResource> PlanResources(string planId, PlanResourceFilter? filter = null) => new(async (pageToken, cancellation) =>
    {
        var page = await _api.ListPlanResourcesAsync(Id(planId), PlanResourceQuery.Of(filter, pageToken), cancellation).ConfigureAwait(false);
        return new Page<PlanResource>(page.Resources ?? [], page.NextPageToken);
    });

    /// <inheritdoc/>
    public async Task<TaskAccepted> ApplyAsync(string planId, string? idempotencyKey = null, CancellationToken cancellation = default)
    {
        using var answer = await _api.ApplyPlanAsync(Id(planId), idempotencyKey ?? NewKey(), prefer: null, cancellation).ConfigureAwait(false);
        return Accepted(Read(answer));
    }

    /// <inheritdoc/>
    public async Task<SyncTask> CancelAsync(string taskId, CancellationToken cancellation = default)
    {
        using var answer = await _api.CancelTaskAsync(Id(taskId), Prefer(_options.WaitPerRequest), cancellation).ConfigureAwait(false);
        return Read(answer);
    }

    /// <inheritdoc/>
    public async Task<TaskAccepted> RetryAsync(string taskId, string? idempotencyKey = null, CancellationToken cancellation = default)
    {
        using var answer = await _api.RetryTaskAsync(Id(taskId), idempotencyKey ?? NewKey(), prefer: null, cancellation).ConfigureAwait(false);
        return Accepted(Read(answer));
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _http.Dispose();

    private static PolicySyncClientOptions Checked(PolicySyncClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return options;
    }

    /// <summary>A name that keeps its place in a path: these would name another address.</summary>
    private static string Segment(string text) => text is "" or "." or ".."
        ? throw new ArgumentException($"`{text}` names no securable; give a type and a full name", nameof(text)) : text;

    /// <summary>An id that keeps its place in a path: these would make it the path of something else.</summary>
    private static string Id(string taskId) => string.IsNullOrWhiteSpace(taskId) || taskId is "." or ".."
        ? throw new ArgumentException($"`{taskId}` is not an id", nameof(taskId))
        : taskId;

    private static string Pattern(string pattern) => pattern is "" or "." or ".."
        ? throw new ArgumentException($"`{pattern}` is not a pattern", nameof(pattern))
        : pattern;

    /// <summary>The body of an answer. Failures were thrown before; what is left is a body that cannot be read.</summary>
    private static SyncTask Read(ApiResponse<SyncTask> answer) =>
        answer.Content ?? throw FailureHandler.Unreadable(answer.RequestMessage!, answer.StatusCode, answer.Error);

    private static TaskAccepted Accepted(SyncTask task) => new()
    {
        TaskId = task.TaskId,
        Status = task.Status,
        Message = task.Message,
        IgnoredMembers = task.IgnoredMembers,
        RetryOf = task.RetryOf,
    };

    private TimeSpan WaitOf(IProgress<SyncTask>? progress) => progress is null ? _options.WaitPerRequest : _options.ProgressInterval;

    private static string Prefer(TimeSpan wait) => string.Create(CultureInfo.InvariantCulture, $"wait={Math.Ceiling(wait.TotalSeconds):0}");

    private static string NewKey() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
