using Orleans.Concurrency;
using PolicySync.Core.Errors;
using PolicySync.Core.Principals;

namespace PolicySync.Grains.Principals;

/// <summary>Shows what the directory of its silo says of a principal. Each silo may have one; the key is 0. Silos of earlier builds do not have it.</summary>
[Alias("ps.directory-reader")]
public interface IDirectoryReaderGrain : IGrainWithIntegerKey
{
    /// <summary>Returns what is known of a principal. The directory is as old as <c>Principals:MaxAge</c> at most.</summary>
    /// <param name="name">A user, service principal or group, in any case that Unity Catalog takes.</param>
    /// <exception cref="SyncException">The directory cannot be read.</exception>
    [Alias("find"), AlwaysInterleave]
    Task<ListedPrincipal> FindAsync(string name);
}

/// <summary>What the directory says of a principal.</summary>
/// <param name="Name">The name as the directory has it; as it was asked for when it is not listed.</param>
/// <param name="Kind">Its kind; unknown when it is not listed.</param>
/// <param name="Groups">Groups that it is in, directly or through others, sorted; without <c>account users</c>.</param>
[GenerateSerializer, Alias("ps.listed-principal"), Immutable]
public sealed record ListedPrincipal([property: Id(0)] string Name, [property: Id(1)] PrincipalKind Kind, [property: Id(2)] IReadOnlyList<string> Groups);

[StatelessWorker(maxLocalWorkers: 1)]
internal sealed class DirectoryReaderGrain(IPrincipalDirectory directory) : Grain, IDirectoryReaderGrain
{
    public async Task<ListedPrincipal> FindAsync(string name)
    {
        var listed = await directory.GetAsync(CancellationToken.None);
        return new ListedPrincipal(listed.StoredName(name), listed.KindOf(name), [.. listed.GroupsOf(name).Order(StringComparer.Ordinal)]);
    }
}
