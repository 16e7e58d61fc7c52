using PolicySync.Core.Explaining;
using PolicySync.Core.Policies;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Sequences.Tests.Judging;
using PolicySync.Sequences.Tests.Support;
using PolicySync.Testing.Language;
using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Hosting;
using UnityCatalog.Emulator.Permissions;
using UnityCatalog.Emulator.State;
using Xunit.Abstractions;
using Securable = PolicySync.Core.Securables.Securable;
using EmulatedSecurable = UnityCatalog.Emulator.Catalog.Securable;

namespace PolicySync.Sequences.Tests;

/// <summary>The estate and the policies of the demo: what answers say of it is what the emulator gives.</summary>
public sealed class DemoEstateTests(ITestOutputHelper output) : IDisposable
{
    private const string ServicePrincipal = "7f3c1c52-8a51-4f0e-9a35-2d6b8c0e4a10";

    private static readonly (SecurableFamily Family, SecurableType Type)[] Leaves =
    [
        (SecurableFamily.Table, SecurableType.Table), (SecurableFamily.Function, SecurableType.Function),
        (SecurableFamily.Volume, SecurableType.Volume), (SecurableFamily.Model, SecurableType.Model),
    ];

    private readonly Worker _worker = new(Path.Combine(Repository.Root, "deploy/demo/policies"));

    public void Dispose() => _worker.Dispose();

    [Fact]
    public async Task Access_and_explanations_of_the_demo_estate_say_what_the_emulator_gives()
    {
        using var service = Start();
        await SyncAsync(service);
        var (cells, held, explained) = (0, 0, 0);
        foreach (var (target, securable) in Estate())
        {
            var reply = await service.AskAsync(target);
            Assert.True(reply.Access is not null, $"{target}: {reply.Result?.Error}");
            var (compared, given) = AccessComparison.Compare(_worker.Workspace.Current, securable, Users(), target.Type, reply.Access, $"{target}");
            (cells, held) = (cells + compared, held + given);
            if (target.Type == SecurableType.Table)
            {
                explained += await CheckExplanationsAsync(service, target, securable);
            }
        }

        output.WriteLine($"{cells} cells compared, {held} of them access; {explained} explanations");
        Assert.True(held > 1_000 && explained > 1_000, $"the estate shows too little: {held} held, {explained} explained");
    }

    [Fact]
    public async Task A_verify_of_the_demo_estate_after_its_sync_finds_no_drift_although_others_hold_grants()
    {
        using var service = Start();
        await SyncAsync(service);
        var results = new List<ResourceResult>();
        foreach (var catalog in Catalogs())
        {
            results.AddRange(await service.VerifyAsync(CatalogOf(catalog)));
        }

        output.WriteLine(string.Join(", ", results.CountBy(result => result.Status)));
        Assert.All(results, result => Assert.True(result.Status is ResourceStatus.Success or ResourceStatus.Skipped, $"{result.FullName}: {result.Status} {result.Message}"));
        Assert.Contains(results, result => result.Gaps.Any(gap => gap.Code == GapCode.ForeignGrant));
    }

    private async Task<int> CheckExplanationsAsync(Service service, Securable target, EmulatedSecurable securable)
    {
        var asked = 0;
        foreach (var user in Users().Where((_, i) => (i + target.FullName.Length) % 3 == 0)) // a third of them, another one at each table
        {
            var reply = await service.ExplainAsync(target, new ExplainQuestion(user, Privilege.Select));
            Assert.True(reply.Explanation is not null, $"{target} {user}: {reply.Result?.Error}");
            var explanation = reply.Explanation;
            var caller = new Caller(_worker.Workspace.Current, _worker.Workspace.Current.Principals.FindForGrant(user)!);
            Assert.True(explanation.UnityCatalog!.Has == caller.Holds(securable, Privilege.Select), $"{target} {user}: {explanation.Summary}");
            Assert.True(explanation.Policy.Verdict == ExplainedVerdict.None || explanation.Policy.PolicyId is not null, $"{target} {user}: {explanation.Summary}");
            Assert.True(
                explanation.Difference is null || explanation.Gaps.Any(gap => gap.Direction == explanation.Difference) || explanation.Notes.Count > 0,
                $"{target} {user}: a difference without its gap: {explanation.Summary}");
            Assert.Empty(explanation.Changes); // it was synced
            asked++;
        }

        return asked;
    }

    private Service Start()
    {
        var document = InitialState.Load(new EmulatorOptions());
        _worker.Workspace.Replace(document with
        {
            Tokens = [.. document.Tokens, new TokenState(Worker.Token, ServicePrincipal)],
            Warehouses = [.. document.Warehouses, new WarehouseState(Worker.Warehouse)],
        });
        _worker.Time.Begin(World.Now);
        return new Service(_worker, _worker.Get<IPolicySource>(), Variant.Whole);
    }

    private async Task SyncAsync(Service service)
    {
        foreach (var catalog in Catalogs())
        {
            var results = await service.SyncAsync(CatalogOf(catalog), allowRevoke: true);
            Assert.All(results, result => Assert.True(result.Status != ResourceStatus.Failed, $"{result.FullName}: {result.Error}"));
        }

        _worker.Time.Leap(TimeSpan.FromMinutes(2)); // memberships are read anew
    }

    // Those of Databricks itself are not the service's to manage.
    private List<EmulatedSecurable> Catalogs() => [.. _worker.Workspace.Current.Metastore.Root.Children(SecurableFamily.Catalog).After(null)
        .Where(catalog => catalog.Name is not ("system" or "samples"))];

    private IEnumerable<(Securable Target, EmulatedSecurable Securable)> Estate()
    {
        foreach (var catalog in Catalogs())
        {
            yield return (CatalogOf(catalog), catalog);
            foreach (var schema in catalog.Children(SecurableFamily.Schema).After(null).ToList())
            {
                yield return (Securable.Parse(SecurableType.Schema, schema.FullName), schema);
                foreach (var (family, type) in Leaves)
                {
                    foreach (var leaf in schema.Children(family).After(null).ToList())
                    {
                        yield return (Securable.Parse(type, leaf.FullName), leaf);
                    }
                }
            }
        }
    }

    private static Securable CatalogOf(EmulatedSecurable catalog) => Securable.Parse(SecurableType.Catalog, catalog.FullName);

    private static List<string> Users() => [.. InitialState.Load(new EmulatorOptions()).Users.Select(user => user.UserName)];
}
