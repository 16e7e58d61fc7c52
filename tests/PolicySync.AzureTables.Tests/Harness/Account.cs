using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using PolicySync.AzureTables.Tables;
using PolicySync.AzureTables.Tasks;
using PolicySync.Core;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tests.Harness;

/// <summary>A test's part of the storage account: tables under a prefix that no other test uses.</summary>
internal sealed class Account(AzuriteFixture azurite) : IDisposable
{
    private readonly List<IDisposable> _opened = [];

    public string Prefix { get; } = $"T{Guid.NewGuid():N}"[..20];

    public string ConnectionString => azurite.ConnectionString;

    public AzureTablesOptions Options() => new() { ConnectionString = ConnectionString, TablePrefix = Prefix };

    public TableStorage Storage(AzureTablesOptions? options = null, TimeProvider? time = null)
    {
        var storage = new TableStorage(Microsoft.Extensions.Options.Options.Create(options ?? Options()), time ?? TimeProvider.System);
        _opened.Add(storage);
        return storage;
    }

    /// <summary>The task store of one process. <paramref name="seed"/> determines lane and sequence of its ids.</summary>
    public AzureTableTaskStore TaskStore(
        TimeProvider? time = null, int? seed = null, TimeSpan? retention = null, AzureTablesOptions? options = null) =>
        new(
            Storage(options, time),
            new OptionsWrapper<TasksOptions>(new TasksOptions { Retention = retention ?? TimeSpan.FromDays(30) }),
            time ?? TimeProvider.System,
            seed is { } number ? new Random(number) : new Random(),
            IdGenerator.System);

    /// <summary>A table, read and written without the service's code.</summary>
    public TableClient Raw(string name) => new(ConnectionString, name);

    public TableClient RawOpen => Raw(Prefix + "OpenTasks");

    public TableClient RawFinished => Raw(Prefix + "FinishedTasks");

    public TableClient RawResults => Raw(Prefix + "TaskResults");

    public void Dispose() => _opened.ForEach(one => one.Dispose());

    public static SyncRequest TableRequest(string table = "orders") => new()
    {
        Type = "RESOURCE_SYNC",
        Resources =
        [
            new RequestedResource("table", new Dictionary<string, string>
            {
                ["catalog"] = "main", ["schema"] = "sales", ["table"] = table,
            }),
        ],
    };
}
