using Microsoft.Extensions.DependencyInjection;
using PolicySync.Adapters;
using PolicySync.Core.Desired;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Options;
using PolicySync.Core.Planning;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Principals;
using PolicySync.Core.Tasks;

namespace PolicySync.RowFiltersAndMasks.Tests.Support;

/// <summary>What was decided about a table: the statements for its guards, and who holds SELECT in the end.</summary>
internal sealed record Decision(GuardPlan Plan, IReadOnlyList<string> Readers, IReadOnlyList<Gap> Gaps)
{
    /// <summary>Two decisions with the same text do the same.</summary>
    public string Key { get; } = string.Join('\n', Plan.Statements.Select(statement => statement.Sql).Concat(Readers));
}

/// <summary>Decides about a case's table from what the workspace answers over a network of the test's own.</summary>
internal sealed class WorkspaceClient : IDisposable
{
    private const string ApiClient = "policysync.workspace";

    private readonly Case _case;
    private readonly ServiceProvider _services;

    public WorkspaceClient(HttpMessageHandler network, Case @case)
    {
        _case = @case;
        var services = new ServiceCollection();
        services.AddLogging();
        services.Configure<WorkspaceOptions>(options =>
        {
            (options.Host, options.Token, options.WarehouseId) = (new Uri("http://127.0.0.1"), Lab.Token, "w");
            (options.RequestsPerSecond, options.MaxConcurrency) = (100_000, 100);
        });
        services.Configure<PrincipalsOptions>(options => options.MaxAge = TimeSpan.Zero); // each decision reads anew
        services.AddPolicySyncAdapters();
        services.AddHttpClient(ApiClient).ConfigurePrimaryHttpMessageHandler(() => network);
        _services = services.BuildServiceProvider();
    }

    /// <summary>As a run does: principals, the table, what is granted, then what to do.</summary>
    /// <exception cref="SyncException">An answer is none.</exception>
    /// <param name="made">Functions of ours that exist.</param>
    public async Task<Decision> DecideAsync(IReadOnlyList<MadeFunction> made)
    {
        var directory = await _services.GetRequiredService<IPrincipalDirectory>().GetAsync(default);
        var shape = await _services.GetRequiredService<ITableGuards>().GetTableAsync(_case.Table, new CallMeter(), default);
        var current = await _services.GetRequiredService<IUnityCatalog>().GetPermissionsAsync(_case.Table, new CallMeter(), default);
        var inputs = _case.Inputs with { Directory = directory };
        var guards = GuardCompiler.Compile(inputs, shape);
        var desired = DesiredStateBuilder.Build(inputs, shape.Facts, guards, guardsTables: true);
        var plan = GrantPlanner.Plan(new PlanRequest
        {
            Facts = shape.Facts,
            Desired = desired.Grants,
            Current = current,
            Ledger = Ledger.Empty,
            Mode = SyncMode.Exact,
            Managed = new Managed(_case.Sync),
            Protected = new HashSet<string>(StringComparer.Ordinal),
            MaxRevokeShare = 1,
        });
        var readers = current.Where(assignment => assignment.Privileges.Contains("SELECT")).Select(assignment => assignment.Principal)
            .Except(plan.Changes.Where(change => change.Remove.Contains("SELECT")).Select(change => change.Principal))
            .Concat(plan.Changes.Where(change => change.Add.Contains("SELECT")).Select(change => change.Principal));
        return new Decision(GuardPlan.Of(guards, made), [.. readers.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], desired.Gaps);
    }

    /// <summary>Null when an answer is none: then nothing is done.</summary>
    public async Task<Decision?> TryDecideAsync(IReadOnlyList<MadeFunction> made)
    {
        try
        {
            return await DecideAsync(made);
        }
        catch (SyncException e)
        {
            Assert.Equal(SyncErrorCode.Unavailable, e.Code);
            return null;
        }
    }

    public void Dispose() => _services.Dispose();
}
