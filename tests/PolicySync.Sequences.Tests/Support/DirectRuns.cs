using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Waits;

namespace PolicySync.Sequences.Tests.Support;

/// <summary>
/// Has each run made at once by whoever asks for it. There is one writer per securable, as there is one caller; what a run
/// leaves in the state of its securable, the next one finds.
/// </summary>
internal sealed class DirectRuns(Func<ResourceRunner> runner, GrainStates states, string instance, TimeProvider time) : IResourceRuns
{
    private readonly Dictionary<string, WriteFence> _fences = new(StringComparer.Ordinal);
    private long _runs;

    public async Task<RunReply> RunToEndAsync(RunRequest request, Action<Standing> report, CancellationToken cancellation)
    {
        var key = ResourceKey.Of(instance, request.Securable);
        if (!_fences.TryGetValue(key, out var fence))
        {
            _fences[key] = fence = new WriteFence(states.Of<ResourceState>(key), Guid.NewGuid(), time, runner().WriteTimeout);
        }

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
}
