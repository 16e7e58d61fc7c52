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
internal sealed class ExactNeedsSelf(IPrincipalDirectory directory, IOptions<SyncOptions> sync) : IHostedService
{
    private static readonly TimeSpan LongestQuestion = TimeSpan.FromSeconds(20);

    public async Task StartAsync(CancellationToken cancellationToken)
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
                + "let its principal read itself, or choose mode Owned");
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
