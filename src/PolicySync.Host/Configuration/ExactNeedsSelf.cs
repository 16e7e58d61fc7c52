using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Principals;

namespace PolicySync.Host.Configuration;

/// <summary>
/// Keeps a process in mode <c>Exact</c> from starting while the service does not know its own principal: the mode revokes every grant that
/// policy does not want, and could revoke the service's own. A directory that does not answer does not keep the process from starting,
/// as each run asks again.
/// </summary>
internal sealed class ExactNeedsSelf(IPrincipalDirectory directory, IOptions<SyncOptions> sync) : IHostedLifecycleService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Checks before anything starts, as a silo gets work as soon as it has joined.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (sync.Value.Mode != SyncMode.Exact && !sync.Value.Scopes.Any(scope => scope.Mode == SyncMode.Exact))
        {
            return;
        }

        PrincipalSnapshot principals;
        try
        {
            principals = await directory.GetAsync(cancellationToken).WaitAsync(Patience, cancellationToken);
        }
        catch (Exception e) when (e is SyncException or TimeoutException)
        {
            return;
        }

        if (principals.Self is null)
        {
            throw new InvalidOperationException(
                "PolicySync:Sync:Mode Exact needs to know the service's own principal, which SCIM `Me` of the workspace does not return; "
                + "let the principal read itself, set its application id as PolicySync:Workspace:Self, or choose mode Owned");
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
