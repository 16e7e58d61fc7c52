using System.Collections.Concurrent;
using System.Net;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using PolicySync.AzureTables.Hosting;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Testing;

namespace PolicySync.AzureTables.Tests.Clustering;

public interface IBellGrain : IGrainWithStringKey
{
    Task<string> WindAsync(TimeSpan first);

    Task<IReadOnlyList<string>> RemindersAsync();
}

/// <summary>Notes that it rang, for whoever waits for it in this process.</summary>
public sealed class BellGrain : Grain, IBellGrain, IRemindable
{
    public static ConcurrentDictionary<string, TaskCompletionSource<string>> Rung { get; } = new();

    public async Task<string> WindAsync(TimeSpan first)
    {
        await this.RegisterOrUpdateReminder("tick", first, TimeSpan.FromMinutes(1));
        return RuntimeIdentity;
    }

    public async Task<IReadOnlyList<string>> RemindersAsync() => [.. (await this.GetReminders()).Select(one => one.ReminderName)];

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        Rung.GetOrAdd(this.GetPrimaryKeyString(), _ => new()).TrySetResult(reminderName);
        return Task.CompletedTask;
    }
}

/// <summary>Silos and clients that know of each other by the tables alone.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class ClusterOfTablesTests(AzuriteFixture azurite) : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Account _account = new(azurite);
    private readonly List<IHost> _hosts = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var host in _hosts.AsEnumerable().Reverse())
        {
            await host.StopAsync();
            host.Dispose();
        }
    }

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task Silos_find_each_other_clients_find_silos_and_reminders_outlive_the_silo_that_took_them()
    {
        var first = await StartSiloAsync();
        await StartSiloAsync();
        var client = (await StartClientAsync()).Services.GetRequiredService<IClusterClient>();
        Assert.Equal(["Active", "Active"], Statuses());

        var key = _account.Prefix;
        Assert.NotEmpty(await client.GetGrain<IBellGrain>(key).WindAsync(TimeSpan.FromSeconds(1)));
        Assert.Equal("tick", await BellGrain.Rung.GetOrAdd(key, _ => new()).Task.WaitAsync(Patience));

        await first.StopAsync();
        Assert.Equal(["tick"], await RepeatAsync(client.GetGrain<IBellGrain>(key).RemindersAsync));
        Assert.Equal(["Active", "Dead"], Statuses());
    }

    // A call that is on its way to a silo that stops may be refused; whoever calls asks again, as the service does.
    private static async Task<T> RepeatAsync<T>(Func<Task<T>> call)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                return await call().WaitAsync(patience.Token);
            }
            catch (OrleansException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), patience.Token);
            }
        }
    }

    private IEnumerable<string> Statuses() => _account.Raw(_account.Prefix + "Silos").Query<TableEntity>()
        .Where(row => row.ContainsKey("Address")).Select(row => row.GetString("Status")).Order(StringComparer.Ordinal);

    private Task<IHost> StartSiloAsync() => StartAsync(builder => builder.UseOrleans(silo =>
    {
        AddAccount(silo.Services);
        silo.UseAzureTableClustering(options => options.TableName = _account.Prefix + "Silos");
        silo.UseAzureTableReminders(options => options.TableName = _account.Prefix + "Reminders");
        silo.ConfigureEndpoints(IPAddress.Loopback, FreePort.Next(), FreePort.Next());
    }));

    private Task<IHost> StartClientAsync() => StartAsync(builder => builder.UseOrleansClient(client =>
    {
        AddAccount(client.Services);
        client.UseAzureTableClustering(options => options.TableName = _account.Prefix + "Silos");
    }));

    private void AddAccount(IServiceCollection services)
    {
        services.AddAzureTables().Configure(options => options.ConnectionString = _account.ConnectionString);
        services.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = ("tables", "svc"));
    }

    private async Task<IHost> StartAsync(Action<HostApplicationBuilder> configure)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        configure(builder);
        var host = builder.Build();
        _hosts.Add(host);
        await host.StartAsync();
        return host;
    }
}
