using PolicySync.EndToEnd.Tests.Stack;

namespace PolicySync.EndToEnd.Tests;

/// <summary>One Azurite for all end-to-end tests; each test has an emulator, policies and a service of its own.</summary>
[CollectionDefinition(Name)]
public sealed class StackCollection : ICollectionFixture<AzuriteFixture>
{
    public const string Name = "stack";
}

/// <summary>Starts what a test asks for and stops all of it.</summary>
[Collection(StackCollection.Name)]
public abstract class StackTest(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _started = [];

    private protected Emulator Emulator { get; private set; } = null!;

    private protected PolicyFolder Policies { get; } = new();

    private protected AzuriteFixture Azurite => azurite;

    public async Task InitializeAsync() => Emulator = await Emulator.StartAsync();

    public async Task DisposeAsync()
    {
        foreach (var started in Enumerable.Reverse(_started))
        {
            await started.DisposeAsync();
        }

        await Emulator.DisposeAsync();
        Policies.Dispose();
    }

    private protected async Task<Host> StartHostAsync(params (string Key, string Value)[] settings)
    {
        var host = await Host.StartAsync(Emulator, Policies, azurite, settings);
        _started.Add(host);
        return host;
    }

    /// <summary>Starts silos and gateways as processes of their own.</summary>
    private protected async Task<ServiceCluster> StartClusterAsync(int silos, int gateways, params (string Key, string Value)[] settings)
    {
        var cluster = await ServiceCluster.StartAsync(Emulator, Policies, azurite.ConnectionString, silos, gateways, settings);
        _started.Add(cluster);
        return cluster;
    }
}
