using PolicySync.Core.Principals;

namespace PolicySync.Sequences.Tests.Support;

/// <summary>Reads principals only when they have changed: what is read of them would be the same, and takes its time.</summary>
internal sealed class UnchangedDirectory(IPrincipalDirectory directory, InMemoryWorkspace workspace) : IPrincipalDirectory
{
    private (long Version, PrincipalSnapshot Snapshot)? _last;

    public async Task<PrincipalSnapshot> GetAsync(CancellationToken cancellation)
    {
        var version = workspace.Current.Principals.Version;
        if (_last is not { } last || last.Version != version)
        {
            _last = last = (version, await directory.GetAsync(cancellation));
        }

        return last.Snapshot;
    }
}
