using System.Text.Json;
using PolicySync.Core.Errors;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Resources.Queue;
using PolicySync.Grains.Resources.Runs;
using PolicySync.Grains.Resources.Writing;
using PolicySync.Grains.Waits;

namespace PolicySync.Sequences.Tests.Support;

/// <summary>
/// Has each run made at once by whoever asks for it. There is one writer per securable, as there is one caller; what a run
/// leaves in the state of its securable, the next one finds.
/// </summary>
internal sealed class DirectRuns(Func<ResourceRunner> runner, GrainStates states, string instance, TimeProvider time)
    : IResourceRuns, IDisposable
{
    private static readonly AsyncLocal<bool> IsInside = new();

    private readonly Dictionary<string, WriteFence> _fences = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1);
    private long _runs;

    /// <summary>What a grain holds of its securable, as others may ask for it.</summary>
    public IResourceGrain GrainOf(string key) => new Holder(FenceOf(key));

    // One after the other, in the order in which they are asked for: a sequence is the same whenever it runs.
    public async Task<RunReply> RunToEndAsync(
        RunRequest request, Action<Standing> report, CancellationToken cancellation, CancellationToken leave = default)
    {
        if (IsInside.Value)
        {
            return await RunAsync(request);
        }

        await _turn.WaitAsync(cancellation);
        try
        {
            IsInside.Value = true;
            return await RunAsync(request);
        }
        finally
        {
            IsInside.Value = false;
            _turn.Release();
        }
    }

    public Task ActivateAsync(IReadOnlyCollection<Securable> securables, CancellationToken cancellation) => Task.CompletedTask;

    private async Task<RunReply> RunAsync(RunRequest request)
    {
        var key = ResourceKey.Of(instance, request.Securable);
        var fence = FenceOf(key);
        var run = new Run(++_runs, request, time);
        run.Join(request);
        var start = time.GetUtcNow();
        try
        {
            return await runner().RunAsync(run, fence, CancellationToken.None);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // As the grain does: such a run has failed, and what it held in memory is not to be trusted.
            _fences.Remove(key);
            var error = new ResultError(SyncErrorCode.Internal, e.ToString());
            return new RunReply { Phase = RunPhase.Done, Result = ResourceRunner.Failure(request.Securable, start, time.GetUtcNow(), error) };
        }
    }

    public void Dispose() => _turn.Dispose();

    private WriteFence FenceOf(string key)
    {
        if (!_fences.TryGetValue(key, out var fence))
        {
            _fences[key] = fence = new WriteFence(states.Of<ResourceState>(key), Guid.NewGuid(), time, runner().WriteTimeout);
        }

        return fence;
    }

    private sealed class Holder(WriteFence fence) : IResourceGrain
    {
        // A copy, as between processes: who asks may change it.
        public Task<ResourceState?> PeekAsync(string? identity) => Task.FromResult(
            fence.State is { HoldsAnything: true } state && (identity ?? state.Identity) == state.Identity
                ? JsonSerializer.Deserialize<ResourceState>(JsonSerializer.Serialize(state)) : null);

        public Task ForgetAsync(string identity) => fence.ForgetAsync(identity);

        public Task<RunReply> RunAsync(RunRequest request, TimeSpan patience) => throw new NotSupportedException();

        public Task<RunReply> WaitAsync(RunTicket ticket, TimeSpan patience) => throw new NotSupportedException();

        public Task<bool> LeaveAsync(RunTicket ticket) => throw new NotSupportedException();

        public Task<RestoreReply> RestoreAsync(RestoreRequest request) => throw new NotSupportedException();
    }
}
