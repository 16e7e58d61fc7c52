using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>A schema or function is ours if we own it and it says what we made it say: its name proves nothing.</summary>
public sealed class GuardsOfOthers
{
    private const string Table = "table main.sales.orders";
    private const string Name = "main.sales.orders";
    private const string Schema = "schema main.policysync_guards";

    private static readonly string[] Policies =
        ["table main.sales.orders select ann@corp.com,bob@corp.com", "filter main.sales.orders id=1 ann@corp.com", "mask main.sales.orders.ssn MASK_NULL ann@corp.com"];

    [Fact]
    public async Task A_guard_schema_that_somebody_made_before_us_is_not_relied_on()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.Catalog.Add(Schema);
            world.Catalog.Change(Schema, facts => facts with { Owner = "ann@corp.com" });
        });

        var task = await world.RunAsync(Table);

        Assert.Empty(world.Catalog.Statements);
        Assert.Equal("bob@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        Assert.Contains(world.ResultOf(task).Gaps, gap => gap is { Code: GapCode.GuardUnavailable, Direction: GapDirection.Withheld, Principal: "ann@corp.com" }
            && gap.Detail.Contains("schema main.policysync_guards is owned by `ann@corp.com` and not by this service (`svc@corp.com`)", StringComparison.Ordinal));
        Assert.True((await VerifyAsync(world)).Drifted);

        world.Catalog.Change(Schema, facts => facts with { Owner = "svc@corp.com" });
        await world.RunAsync(Table);
        Assert.Equal("filter mask:ssn", world.Catalog.GuardsOn(Name));
        Assert.Equal("ann@corp.com:SELECT bob@corp.com:SELECT", world.Catalog.GrantsOn(Table));
    }

    [Fact]
    public async Task A_schema_that_somebody_makes_while_we_do_is_found_out_before_any_function_is_made_in_it()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.Catalog.Maker = "ann@corp.com";
        });

        await world.RunAsync(Table);

        Assert.Equal(["CREATE SCHEMA"], world.Catalog.Statements.Select(statement => statement.Trim()));
        Assert.Equal("bob@corp.com:SELECT", world.Catalog.GrantsOn(Table));
    }

    [Fact]
    public async Task A_function_whose_body_somebody_changed_is_drift_and_is_made_again()
    {
        await using var world = await StartAsync();
        world.Catalog.Tamper(Name, "mask:ssn", told => told with { Definition = "`ssn`", UpdatedBy = "ann@corp.com" });

        var verify = await VerifyAsync(world);
        Assert.True(verify.Drifted);
        Assert.Equal("SET_MASK ssn", Assert.Single(verify.Changes.Select(change => $"{Core.WireNames.Of(change.Action)} {change.Column}")));

        world.Catalog.Forget();
        await world.RunAsync(Table);
        Assert.Equal(["CREATE SCHEMA", "CREATE OR REPLACE FUNCTION"], world.Catalog.Statements.Select(statement => statement.Trim()));
        Assert.Contains("CAST(NULL AS string)", world.Catalog.BodyOf(Name, "mask:ssn"));
        await AssertNothingToDoAsync(world);
    }

    [Theory]
    [InlineData("parameters")]
    [InlineData("type")]
    [InlineData("gone")]
    public async Task A_guard_function_with_other_parameters_or_another_type_is_replaced(string what)
    {
        await using var world = await StartAsync();
        world.Catalog.Tamper(Name, "filter", told => what switch
        {
            "parameters" => told with { Parameters = [("x", "int")] },
            "type" => told with { Returns = "string" },
            _ => told with { Definition = null },
        });

        Assert.True((await VerifyAsync(world)).Drifted);
        await world.RunAsync(Table);

        await AssertNothingToDoAsync(world);
    }

    [Fact]
    public async Task A_function_that_changed_its_owner_takes_SELECT_back_from_those_whom_it_concerns()
    {
        await using var world = await StartAsync();
        world.Catalog.Tamper(Name, "mask:ssn", told => told with { Owner = "ann@corp.com" });
        Assert.True((await VerifyAsync(world)).Drifted);

        var task = await world.RunAsync(Table);

        Assert.Equal("bob@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        Assert.Contains(world.ResultOf(task).Gaps, gap => gap.Code == GapCode.GuardUnavailable && gap.Detail.Contains("is owned by `ann@corp.com`", StringComparison.Ordinal));
        Assert.Equal("filter mask:ssn", world.Catalog.GuardsOn(Name)); // what stands hides more than nothing
    }

    [Fact]
    public async Task A_function_that_somebody_made_under_our_name_does_not_become_ours_by_being_replaced()
    {
        string name;
        await using (var first = await StartAsync())
        {
            name = first.Catalog.FunctionOf(Name, "mask:ssn");
        }

        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.Catalog.MakeFunction(name, "ann@corp.com");
        });

        var task = await world.RunAsync(Table);

        Assert.Equal("", world.Catalog.GuardsOn(Name));
        Assert.Equal("bob@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        Assert.Contains(world.ResultOf(task).Gaps, gap => gap.Detail.Contains($"function `{name}` is owned by `ann@corp.com`", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("EXECUTE", false)]
    [InlineData("MODIFY", false)]
    [InlineData("MANAGE", false)]
    [InlineData("ALL_PRIVILEGES", false)]
    [InlineData("MANAGE", true)]
    [InlineData("EXECUTE", true)]
    public async Task A_right_of_others_on_the_schema_or_a_function_takes_SELECT_back(string privilege, bool onFunction)
    {
        await using var world = await StartAsync();
        var on = onFunction ? $"function {world.Catalog.FunctionOf(Name, "filter")}" : Schema;
        world.Catalog.Grant(on, "cid@corp.com", privilege);
        Assert.True((await VerifyAsync(world)).Drifted);

        var task = await world.RunAsync(Table);

        Assert.Equal("bob@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        Assert.Contains(world.ResultOf(task).Gaps, gap => gap.Detail.Contains($"`cid@corp.com` holds {privilege} on {on.Split(' ')[0]}", StringComparison.Ordinal));

        world.Catalog.Revoke(on, "cid@corp.com", privilege);
        await world.RunAsync(Table);
        Assert.Equal("ann@corp.com:SELECT bob@corp.com:SELECT", world.Catalog.GrantsOn(Table));
    }

    [Fact]
    public async Task Where_the_database_words_bodies_anew_what_it_tells_after_we_made_them_is_compared()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.Catalog.Rewords = true;
        });
        await world.RunAsync(Table);
        await AssertNothingToDoAsync(world);

        world.Catalog.Tamper(Name, "mask:ssn", told => told with { Definition = "(`ssn`)" });
        Assert.True((await VerifyAsync(world)).Drifted);
        await world.RunAsync(Table);
        Assert.StartsWith("(CASE", world.Catalog.BodyOf(Name, "mask:ssn"));
        await AssertNothingToDoAsync(world);
    }

    [Fact]
    public async Task Without_knowing_who_it_is_the_service_relies_on_no_guard()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.Directory.KnowsItself = false;
        });

        var task = await world.RunAsync(Table);

        Assert.Equal("bob@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        Assert.Contains(world.ResultOf(task).Gaps, gap => gap.Detail.Contains("SCIM `Me`", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_grant_that_meets_a_table_made_anew_is_withdrawn_and_given_again_behind_guards()
    {
        await using var world = await World.StartAsync(Arrange);
        world.Catalog.InterfereNext(FakeUnityCatalog.Patch, Table, () => world.Catalog.Recreate(Table));

        var task = await world.RunAsync(Table);

        var writes = world.Catalog.Calls.Where(call => call.On?.FullName == Name && call.Operation is FakeUnityCatalog.Patch or FakeUnityCatalog.Table).ToList();
        var first = writes.FindIndex(call => call.Detail == "ann@corp.com:+SELECT bob@corp.com:+SELECT");
        Assert.Equal(FakeUnityCatalog.Table, writes[first + 1].Operation); // the read that finds it out
        Assert.Equal("ann@corp.com:-SELECT bob@corp.com:-SELECT", writes[first + 2].Detail);
        Assert.Equal("filter mask:ssn", world.Catalog.GuardsOn(Name));
        Assert.Equal("ann@corp.com:SELECT bob@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        Assert.Contains("withdrawn once", world.ResultOf(task).Message);
    }

    [Fact]
    public async Task A_grant_is_withdrawn_too_when_the_owner_changed_meanwhile()
    {
        await using var world = await World.StartAsync(Arrange);
        world.Catalog.InterfereNext(FakeUnityCatalog.Patch, Table, () => world.Catalog.Change(Table, facts => facts with { Owner = "cid@corp.com" }));

        await world.RunAsync(Table);

        Assert.Contains(world.Catalog.WritesTo(Name), write => write == "ann@corp.com:-SELECT bob@corp.com:-SELECT");
        Assert.Equal("ann@corp.com:SELECT bob@corp.com:SELECT", world.Catalog.GrantsOn(Table));
    }

    private static async Task<World> StartAsync()
    {
        var world = await World.StartAsync(Arrange);
        await world.RunAsync(Table);
        Assert.Equal("filter mask:ssn", world.Catalog.GuardsOn(Name));
        return world;
    }

    private static async Task<ResourceResult> VerifyAsync(World world) =>
        world.ResultOf(await world.RunAsync(World.Request(Table) with { DryRun = true }));

    private static async Task AssertNothingToDoAsync(World world)
    {
        world.Catalog.Forget();
        world.States.ClearWrites();
        Assert.False((await VerifyAsync(world)).Drifted);
        await world.RunAsync(Table);
        Assert.Empty(world.Catalog.Statements);
        Assert.Empty(world.Catalog.Writes);
        Assert.Empty(world.States.Writes);
    }

    private static void Arrange(World world)
    {
        world.Catalog.Add(Table);
        world.Policies.Set(1, Policies);
        world.Workspace.WarehouseId = "w";
        world.Sync.ParentUse = false;
    }
}
