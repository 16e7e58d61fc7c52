using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using PolicySync.Adapters;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Options;
using UnityCatalog.Emulator.Hosting;

namespace PolicySync.RowFiltersAndMasks.Tests.Support;

/// <summary>The emulator, and the adapters that talk to it. The owner of everything is <c>boss@x.com</c>.</summary>
public sealed class Lab : IAsyncLifetime, IDisposable
{
    internal const string Token = "lab";

    private WebApplication? _emulator;
    private ServiceProvider? _adapters;
    private HttpClient? _http;

    internal ITableGuards Guards => _adapters!.GetRequiredService<ITableGuards>();

    /// <summary>The emulator, without the adapters.</summary>
    internal HttpClient Http => _http!;

    internal CallMeter Meter { get; } = new();

    public async Task InitializeAsync()
    {
        _emulator = EmulatorServer.Build(new EmulatorOptions { Url = "http://127.0.0.1:0" });
        await _emulator.StartAsync();
        _http = new HttpClient { BaseAddress = new Uri(EmulatorServer.UrlOf(_emulator)) };
        var services = new ServiceCollection();
        services.AddLogging();
        services.Configure<WorkspaceOptions>(options =>
        {
            (options.Host, options.Token, options.WarehouseId) = (_http.BaseAddress, Token, "w");
            (options.RequestsPerSecond, options.MaxConcurrency) = (100_000, 100);
        });
        services.AddPolicySyncAdapters();
        _adapters = services.BuildServiceProvider();
    }

    public async Task DisposeAsync()
    {
        await _adapters!.DisposeAsync();
        await _emulator!.DisposeAsync();
    }

    public void Dispose() => _http?.Dispose();

    /// <summary>Replaces everything by one table, its people, and a grant of SELECT to all.</summary>
    internal async Task PrepareAsync(Case @case, Data data, string tableType = "MANAGED")
    {
        var parts = @case.Table.Parts;
        var state = new JsonObject
        {
            ["metastore"] = new JsonObject { ["owner"] = "boss@x.com" },
            ["tokens"] = new JsonArray(new JsonObject { ["token"] = Token, ["principal"] = "boss@x.com" }),
            ["warehouses"] = new JsonArray(new JsonObject { ["id"] = "w" }),
            ["catalogs"] = new JsonArray(new JsonObject
            {
                ["name"] = parts[0], ["owner"] = "boss@x.com", ["grants"] = Grants("USE_CATALOG"),
                ["schemas"] = new JsonArray(new JsonObject
                {
                    ["name"] = parts[1], ["grants"] = Grants("USE_SCHEMA"),
                    ["tables"] = new JsonArray(new JsonObject
                    {
                        ["name"] = parts[2], ["type"] = tableType, ["grants"] = Grants("SELECT"),
                        ["columns"] = new JsonArray([.. data.Columns.Select(column => new JsonObject { ["name"] = column.Name, ["type"] = column.Type })]),
                        ["rows"] = new JsonArray([.. data.Rows.Select(row => new JsonArray([.. row.Select(value => (JsonNode?)value)]))]),
                    }),
                }),
            }),
        };
        @case.Account.AddTo(state);
        state["users"]!.AsArray().Add(new JsonObject { ["userName"] = "boss@x.com" });
        await AdminAsync(HttpMethod.Put, "state", state);
    }

    internal Task<TableShape> ReadShapeAsync(Case @case) => Guards.GetTableAsync(@case.Table, Meter, default);

    internal Task RunAsync(GuardStatement statement) => RunAsync(statement.Sql);

    internal async Task RunAsync(string sql)
    {
        try
        {
            await Guards.ExecuteAsync(sql, TimeSpan.FromSeconds(30), Meter, default);
        }
        catch (SyncException e)
        {
            Assert.Fail($"{e.Message}\n{sql}");
        }
    }

    /// <summary>Brings the guards to what the case wants.</summary>
    internal async Task<TableGuards> ApplyAsync(Case @case, List<MadeFunction> made)
    {
        var guards = @case.Compile(await ReadShapeAsync(@case));
        var plan = GuardPlan.Of(guards, made);
        foreach (var statement in plan.Statements)
        {
            await RunAsync(statement);
        }

        made.Clear();
        made.AddRange(plan.Kept);
        var shown = await ReadShapeAsync(@case);
        Assert.True(plan.Shows(shown), "what was set is not shown");
        Assert.Empty(GuardPlan.Of(@case.Compile(shown), made).Statements);
        return guards;
    }

    /// <summary>Who holds SELECT on the table.</summary>
    internal Task GrantAsync(Case @case, IEnumerable<string> principals) => AdminAsync(
        HttpMethod.Put, $"permissions/table/{Uri.EscapeDataString(@case.Table.FullName)}",
        new JsonObject { ["grants"] = new JsonArray([.. principals.Select(who => new JsonObject { ["principal"] = who, ["privileges"] = new JsonArray("SELECT") })]) });

    /// <summary>What somebody reads, row by row; null when they may not.</summary>
    internal async Task<List<string?[]>?> ReadAsync(Case @case, string user, params string[] columns)
    {
        var request = new JsonObject { ["principal"] = user, ["table"] = @case.Table.FullName };
        if (columns.Length > 0)
        {
            request["columns"] = new JsonArray([.. columns.Select(column => (JsonNode)column)]);
        }

        var answer = await AdminAsync(HttpMethod.Post, "query", request);
        var reason = (string?)answer["reason"];
        Assert.True(reason is null || reason.Contains("User does not have", StringComparison.Ordinal), reason);
        return reason is not null ? null : [.. answer["rows"]!.AsArray().Select(row => row!.AsArray().Select(value => (string?)value).ToArray())];
    }

    internal async Task<JsonNode> AdminAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/_emulator/{path}")
        {
            Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        using var response = await _http!.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {text}");
        return JsonNode.Parse(text)!;
    }

    private static JsonArray Grants(string privilege) =>
        new(new JsonObject { ["principal"] = "account users", ["privileges"] = new JsonArray(privilege) });
}

/// <summary>A table's columns and rows; values are text.</summary>
internal sealed record Data(IReadOnlyList<(string Name, string Type)> Columns, IReadOnlyList<string?[]> Rows)
{
    /// <summary>Three people: an id, a region, a social security number, a birthday.</summary>
    public static Data People { get; } = new(
        [("id", "int"), ("Region", "string"), ("ssn", "string"), ("born", "date")],
        [["1", "EU", "Ab1-23", "1999-05-06"], ["2", "US", "Cd2-45", "2001-11-30"], ["3", null, null, null], ["4", "EU", "xyz", "1970-01-01"]]);

    /// <summary>The rows as a read shows them.</summary>
    public static string Show(IEnumerable<string?[]>? rows) => rows is null ? "refused"
        : string.Join(" / ", rows.Select(row => string.Join('|', row.Select(value => value ?? "NULL"))));
}

[CollectionDefinition(Name)]
public sealed class LabTests : ICollectionFixture<Lab>
{
    public const string Name = "lab";
}
