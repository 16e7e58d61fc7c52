using Microsoft.Extensions.DependencyInjection;
using PolicySync.Core.Principals;

namespace PolicySync.Adapters.Tests.Contract;

[Collection(EmulatorTests.Name)]
public sealed class DirectoryContract(EmulatorProcess emulator) : IAsyncLifetime
{
    public Task InitializeAsync() => emulator.ResetAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"scimPageSize":7}""")]
    public async Task All_principals_of_the_sample_workspace_are_read(string settings)
    {
        await emulator.AdminAsync(HttpMethod.Put, "settings", settings);
        await using var adapters = emulator.Adapters();

        var snapshot = await adapters.GetRequiredService<IPrincipalDirectory>().GetAsync(default);

        Assert.Equal(42, snapshot.Everyone.Count);
        Assert.Equal(EmulatorProcess.SelfId, snapshot.Self!.Name);
        Assert.Contains("platform-admins", snapshot.Self.GroupNames);
        Assert.Equal(PrincipalKind.Group, snapshot.KindOf("data-consumers"));
        Assert.Equal(PrincipalKind.WorkspaceGroup, snapshot.KindOf("admins"));
        Assert.Contains("ana.analyst@example.com", snapshot.MembersOf("data-consumers")!);
        Assert.Contains("data-consumers", snapshot.GroupsOf("ANA.analyst@example.com"));
    }
}
