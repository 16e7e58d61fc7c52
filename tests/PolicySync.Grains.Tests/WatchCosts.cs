using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.NewObjects;
using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;
using PolicySync.Grains.Watching;
using PolicySync.Grains.Workspaces;

namespace PolicySync.Grains.Tests;

/// <summary>What a round costs: calls to the workspace, counted on the code that makes them, and the time that they are spread over.</summary>
public sealed class WatchCosts
{
    private const int Catalogs = 100;
    private const int Schemas = 20;
    private const int Tables = 100;

    [Theory]
    [InlineData(10_000, 1 + 100 + 100)]
    [InlineData(1_000, 1 + 100 + (100 * 2))] // pages of a smaller size
    public async Task A_round_over_200_000_tables_takes_one_call_and_two_for_each_catalog_and_further_page(int pageSize, int expected)
    {
        var watch = new Watch { PageSize = pageSize };
        await watch.RoundAsync();
        Assert.Equal(200_000, watch.Memory.Names);
        Assert.Equal(expected + 100, watch.Calls); // the first compares each catalog with one of its schemas

        await watch.RoundAsync();

        Assert.Equal(expected, watch.Calls);
        Assert.Empty(watch.Tasks);
    }

    [Fact]
    public async Task Two_hundred_schemas_with_guards_add_a_call_each_and_no_more_whatever_their_number()
    {
        var watch = new Watch { PageSize = 10_000 };
        watch.Guard(catalogs: 15); // 300 schemas
        await watch.RoundAsync();
        await watch.RoundAsync();

        Assert.Equal(1 + 100 + 100 + 200, watch.Calls);
        Assert.Equal(300, watch.Memory.Guarded.Values.Count(schema => schema.LastListed > 0));
    }

    [Fact]
    public async Task Calls_use_at_most_a_quarter_of_the_budget()
    {
        var watch = new Watch { PageSize = 10_000 };
        await watch.RoundAsync();
        await watch.RoundAsync();

        Assert.InRange(watch.Took.TotalSeconds, 200 / (12 * 0.25), 202 / (12 * 0.25)); // 67 s at 12 requests per second
    }

    [Fact]
    public async Task A_round_ends_when_tasks_of_callers_wait_and_the_next_lists_what_was_left()
    {
        var watch = new Watch { PageSize = 10_000 };
        watch.Use = watch.Use with { CallersWaiting = 13 };

        var listed = new HashSet<string>();
        for (var round = 0; round < Catalogs; round++)
        {
            await watch.RoundAsync();
            Assert.Equal(1 + 3, watch.Calls);
            listed.UnionWith(watch.Memory.Catalogs.Where(pair => pair.Value.LastListed > 0).Select(pair => pair.Key));
        }

        Assert.Equal(Catalogs, listed.Count);
        watch.Use = watch.Use with { CallersWaiting = 12 }; // within a second's calls
        await watch.RoundAsync();
        Assert.Equal(201, watch.Calls);
    }

    [Fact]
    public async Task Objects_of_a_task_that_could_not_be_stored_are_named_by_the_next_round_and_the_others_are_not()
    {
        var watch = new Watch { PageSize = 20_000 };
        await watch.RoundAsync();
        watch.TablesInSchema++;
        watch.BeforeSubmit = () => watch.Tasks.Count == 1 ? throw KeptTasks.Down : 0;

        await Assert.ThrowsAsync<SyncException>(watch.RoundAsync);
        Assert.Equal([1_000], watch.Tasks.Select(task => task.Resources.Count));
        watch.BeforeSubmit = () => 0;
        await watch.RoundAsync();
        await watch.RoundAsync();

        Assert.Equal([1_000, 1_000], watch.Tasks.Select(task => task.Resources.Count));
        Assert.Equal(2_000, watch.Tasks.SelectMany(task => task.Resources).Select(resource => resource.Securable).Distinct().Count());
    }

    /// <summary>A watch over a workspace that is computed and counts its calls, on a clock that moves by what is waited for.</summary>
    private sealed class Watch : IUnityCatalog, ITableListing
    {
        private readonly FakeTimeProvider _clock = new() { AutoAdvanceAmount = TimeSpan.Zero };
        private readonly KeptIndex _index = new();
        private readonly WatchParts _parts;
        private readonly WatchBudget _budget;

        public Watch()
        {
            _parts = new WatchParts
            {
                Catalog = this, Tables = this, Synced = new SyncedTables(_index), Scopes = new RoundScopes(new SyncOptions(), []),
                Options = new WatchOptions(), Metrics = new WatchMetrics(new NoMeters(), Microsoft.Extensions.Options.Options.Create(new WatchOptions())),
                SubmitAsync = request =>
                {
                    BeforeSubmit();
                    Tasks.Add(request);
                    return Task.FromResult(new TaskId(Tasks.Count));
                },
            };
            _budget = new WatchBudget(() => Task.FromResult(Use), new WorkspaceOptions(), _clock);
        }

        public required int PageSize { get; init; }

        public int TablesInSchema { get; set; } = WatchCosts.Tables;

        public Func<int> BeforeSubmit { get; set; } = () => 0;

        public WatchMemory Memory { get; } = new(new NameHasher(Guid.Empty));

        public List<SyncRequest> Tasks { get; } = [];

        public BudgetUse Use { get; set; } = new(12, 12, 0, 8, 0, 0, 1);

        /// <summary>Calls of the last round.</summary>
        public int Calls { get; private set; }

        /// <summary>How long the last round took.</summary>
        public TimeSpan Took { get; private set; }

        public void Guard(int catalogs)
        {
            foreach (var schema in Enumerable.Range(0, catalogs).SelectMany(catalog => SchemasOf($"c{catalog:000}")))
            {
                _index.WriteAsync(Securable.Table(schema.CatalogName!, schema.Name, "t000"), new Dictionary<string, string?>
                {
                    [Core.Reports.Index.AccessIndexKey.OfSecurables(schema.CatalogName)] = """{"masks":1}""",
                }, default).GetAwaiter().GetResult();
            }
        }

        public async Task RoundAsync()
        {
            (Calls, var start) = (0, _clock.GetTimestamp());
            var round = new WatchRound(Memory, _budget, _parts, _clock, NullLogger<WatchRound>.Instance).RunAsync(CancellationToken.None);
            while (!round.IsCompleted)
            {
                _clock.Advance(TimeSpan.FromMilliseconds(1_000 / 3.0 / 4));
                await Task.Yield();
            }

            await round;
            Took = _clock.GetElapsedTime(start);
        }

        public Task<SecurablePage> ListAsync(SecurableType type, Securable? parent, string? pageToken, CallMeter meter, CancellationToken cancellation)
        {
            Calls++;
            IEnumerable<Securable> found = type == SecurableType.Catalog
                ? Enumerable.Range(0, Catalogs).Select(number => Securable.Catalog($"c{number:000}"))
                : SchemasOf(parent!.Name);
            return Task.FromResult(new SecurablePage([.. found.Select(one => new SecurableFacts(one, "", null, null))], null));
        }

        public Task<TablePage<TableName>> ListNamesAsync(Securable catalog, string? pageToken, CallMeter meter, CancellationToken cancellation) =>
            PageAsync(SchemasOf(catalog.Name).SelectMany(TablesOf), table => new TableName(table, "MANAGED"), pageToken);

        public Task<TablePage<ListedTable>> ListTablesAsync(Securable schema, string? pageToken, CallMeter meter, CancellationToken cancellation) =>
            PageAsync(TablesOf(schema), table => new ListedTable(table, "MANAGED", table.FullName), pageToken);

        public Task<SecurableFacts> GetAsync(Securable securable, CallMeter meter, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<IReadOnlyList<Assignment>> GetPermissionsAsync(Securable securable, CallMeter meter, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<IReadOnlyList<InheritedGrant>> GetInheritedAsync(Securable securable, CallMeter meter, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<IReadOnlyList<GrantPolicy>> GetGrantPoliciesAsync(Securable container, CallMeter meter, CancellationToken cancellation) => throw new NotSupportedException();

        public Task UpdatePermissionsAsync(
            Securable securable, IReadOnlyList<PermissionChange> changes, TimeSpan timeout, CallMeter meter, CancellationToken cancellation) => throw new NotSupportedException();

        public PlannedCall DescribeUpdate(Securable securable, IReadOnlyList<PermissionChange> changes) => throw new NotSupportedException();

        private Task<TablePage<T>> PageAsync<T>(IEnumerable<Securable> all, Func<Securable, T> show, string? token)
        {
            Calls++;
            var from = int.Parse("0" + token, null);
            var page = all.Skip(from).Take(PageSize + 1).ToList();
            return Task.FromResult(new TablePage<T>([.. page.Take(PageSize).Select(show)], page.Count > PageSize ? $"{from + PageSize}" : null));
        }

        private static IEnumerable<Securable> SchemasOf(string catalog) => Enumerable.Range(0, Schemas).Select(number => Securable.Schema(catalog, $"s{number:00}"));

        private IEnumerable<Securable> TablesOf(Securable schema) =>
            Enumerable.Range(0, TablesInSchema).Select(number => Securable.Table(schema.CatalogName!, schema.Name, $"t{number:000}"));

        private sealed class NoMeters : System.Diagnostics.Metrics.IMeterFactory
        {
            public System.Diagnostics.Metrics.Meter Create(System.Diagnostics.Metrics.MeterOptions options) => throw new NotSupportedException();

            public void Dispose()
            {
            }
        }
    }
}
