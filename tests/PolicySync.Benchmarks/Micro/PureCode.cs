using BenchmarkDotNet.Attributes;
using PolicySync.Core.Desired;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Options;
using PolicySync.Core.Planning;
using PolicySync.Core.Policies;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;
using PolicySync.Testing.Language;

namespace PolicySync.Benchmarks.Micro;

/// <summary>The decisions of one run on one securable, and reading policies: code without input or output.</summary>
[MemoryDiagnoser]
public class PureCode
{
    private const int Policies = 1_000;

    // One table with a grant, a row filter and a mask for each of ten groups.
    private static readonly World Guarded = new(
        string.Join('\n', Enumerable.Range(0, 10).Select(n =>
            $"main.sales.orders +#g{n}:select\nmain.sales.orders filter:#g{n}=region='EU{n}'\nmain.sales.orders.email mask:#g{n}=MASK_NULL")),
        string.Join(' ', Enumerable.Range(0, 10).Select(n => $"#g{n}=u{n}a,u{n}b")));

    private static readonly TableShape Table = new(
        Guarded.FactsOf("main.sales.orders") with { Owner = "owner@x.com" },
        [new("id", "bigint"), new("region", "string"), new("email", "string")], RowFilter: null);

    private byte[] _download = [];
    private Probe _probe = null!;
    private PlanRequest _inSync = null!;
    private PlanRequest _outOfSync = null!;

    [GlobalSetup]
    public void SetUp()
    {
        (_download, _) = PolicySet.Download(Policies, openShare: 0);
        _probe = new Probe(new Compiled(Policies).Snapshot, People.Directory());
        var desired = _probe.Desired(Probe.Table).Grants;
        _outOfSync = new PlanRequest { Facts = Probe.Table, Desired = desired, Current = [] };
        _inSync = _outOfSync with
        {
            Current = [.. desired.GroupBy(grant => grant.Principal, StringComparer.Ordinal)
                .Select(grants => new Assignment(grants.Key, null, [.. grants.Select(grant => grant.Privilege)]))],
        };
    }

    /// <summary>One view of a table's policies and Ranger's answer for 20 principals.</summary>
    [Benchmark]
    public void EvaluatePolicies() => _probe.EvaluateTable();

    /// <summary>The desired grants and gaps of a table.</summary>
    [Benchmark]
    public DesiredState BuildDesiredState() => _probe.Desired(Probe.Table);

    /// <summary>A plan that grants everything.</summary>
    [Benchmark]
    public GrantPlan PlanAllGrants() => GrantPlanner.Plan(_outOfSync);

    /// <summary>A plan that changes nothing.</summary>
    [Benchmark]
    public GrantPlan PlanNothing() => GrantPlanner.Plan(_inSync);

    /// <summary>The row filter and the mask of a table, each with ten rules.</summary>
    [Benchmark]
    public TableGuards CompileGuards() =>
        GuardCompiler.Compile(new PolicyInputs(Guarded.Policies, Guarded.Directory, new SyncOptions(), ExpandUpTo: 200, World.Now), Table);

    /// <summary>1,000 policies of a download.</summary>
    [Benchmark]
    public ServicePolicies? ReadPolicies() => RangerJson.ReadServicePolicies(_download);
}
