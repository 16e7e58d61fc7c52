using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Principals;

namespace PolicySync.Host.Configuration;

/// <summary>
/// Mode <c>Exact</c> removes every grant that policy does not want, so it starts only where the service knows who it
/// is: without SCIM <c>Me</c> it could take its own rights away. A directory that does not answer at all is no reason
/// not to start, as each run asks again.
/// </summary>
internal sealed class ExactNeedsSelf(IPrincipalDirectory directory, IOptions<SyncOptions> sync) : IHostedLifecycleService
{
    private static readonly TimeSpan LongestQuestion = TimeSpan.FromSeconds(20);

    /// <summary>Before anything starts: a silo that has joined would be given work at once.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (sync.Value.Mode != SyncMode.Exact && !sync.Value.Scopes.Any(scope => scope.Mode == SyncMode.Exact))
        {
            return;
        }

        PrincipalSnapshot principals;
        try
        {
            principals = await directory.GetAsync(cancellationToken).WaitAsync(LongestQuestion, cancellationToken);
        }
        catch (Exception e) when (e is SyncException or TimeoutException)
        {
            return;
        }

        if (principals.Self is null)
        {
            throw new InvalidOperationException(
                "PolicySync:Sync:Mode Exact needs SCIM `Me` of the workspace, which does not tell who this service is; "
                + "let its principal read itself, state its application id as PolicySync:Workspace:Self, or choose mode Owned");
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
