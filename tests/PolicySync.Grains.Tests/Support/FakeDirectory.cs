using PolicySync.Core.Principals;

namespace PolicySync.Grains.Tests.Support;

/// <summary>A directory of a few people. The service itself is <c>svc@corp.com</c>, in the group <c>admins</c>.</summary>
internal sealed class FakeDirectory : IPrincipalDirectory
{
    public List<string> Users { get; } =
        ["svc@corp.com", "owner@corp.com", "ann@corp.com", "bob@corp.com", "cid@corp.com", .. Enumerable.Range(0, 30).Select(n => $"user{n}@corp.com")];

    public Dictionary<string, string[]> Groups { get; } = new()
    {
        ["admins"] = ["svc@corp.com"],
        ["staff"] = ["ann@corp.com", "bob@corp.com"],
    };

    public bool KnowsItself { get; set; } = true;

    public Task<PrincipalSnapshot> GetAsync(CancellationToken cancellation) => Task.FromResult(new PrincipalSnapshot(
        Users.Select(name => new DirectoryMember(name, name, Active: true)),
        [],
        Groups.Select(group => new DirectoryGroup("group-" + group.Key, group.Key, IsAccountGroup: true, group.Value)),
        KnowsItself ? new DirectorySelf("svc@corp.com", "svc@corp.com", ["admins"]) : null));
}
