namespace UnityCatalog.Emulator.Tests;

/// <summary>Somebody else than the service makes, owns, changes and drops schemas and functions, within their rights.</summary>
public class OwnArtefactsTests
{
    private const string Ana = "ana.analyst@example.com";

    [Fact]
    public async Task Who_may_create_a_schema_owns_it_and_the_functions_they_make_in_it()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.RunAsync($"GRANT USE CATALOG, CREATE SCHEMA ON CATALOG main TO `{Ana}`");

        await emulator.RunAsync("CREATE SCHEMA main.policysync_guards", Emulator.Analyst);
        await emulator.RunAsync("CREATE FUNCTION main.policysync_guards.f(v string, n decimal(10,2)) RETURNS boolean COMMENT 'mine' RETURN v = 'EU'", Emulator.Analyst);

        var schema = (await emulator.GetAsync("/schemas/main.policysync_guards", Emulator.Admin)).Json;
        var function = (await emulator.GetAsync("/functions/main.policysync_guards.f", Emulator.Admin)).Json;
        Assert.Equal((Ana, Ana), ((string?)schema["owner"], (string?)schema["created_by"]));
        Assert.Equal((Ana, Ana, Ana), ((string?)function["owner"], (string?)function["created_by"], (string?)function["updated_by"]));
        Assert.Equal("v = 'EU'", (string?)function["routine_definition"]);
        Assert.Equal(("BOOLEAN", "boolean", "SQL", "mine"), (
            (string?)function["data_type"], (string?)function["full_data_type"], (string?)function["routine_body"], (string?)function["comment"]));
        Assert.Equal(
            """[{"name":"v","type_text":"string","type_name":"STRING","position":0},{"name":"n","type_text":"decimal(10,2)","type_name":"DECIMAL","position":1}]""",
            function["input_params"]!["parameters"]!.ToJsonString());
    }

    [Fact]
    public async Task Nobody_makes_anything_where_they_lack_the_right()
    {
        await using var emulator = await Emulator.StartAsync();

        Assert.Contains("CREATE SCHEMA on Catalog 'main'", await emulator.FailAsync("CREATE SCHEMA main.mine", Emulator.Analyst));
        Assert.Contains("USE SCHEMA on Schema 'main.support'", await emulator.FailAsync("CREATE FUNCTION main.support.f() RETURNS int RETURN 1", Emulator.Analyst));
        await emulator.RunAsync($"GRANT USE SCHEMA ON SCHEMA main.support TO `{Ana}`");
        Assert.Contains("CREATE FUNCTION on Schema 'main.support'", await emulator.FailAsync("CREATE FUNCTION main.support.f() RETURNS int RETURN 1", Emulator.Analyst));
        await emulator.RunAsync($"GRANT CREATE FUNCTION ON SCHEMA main.support TO `{Ana}`");

        await emulator.RunAsync("CREATE FUNCTION main.support.f() RETURNS int RETURN 1", Emulator.Analyst);
    }

    [Fact]
    public async Task The_owner_of_a_schema_replaces_functions_of_others_in_it_and_a_stranger_does_not()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.RunAsync("GRANT CREATE SCHEMA ON CATALOG main TO `mia.metastore@example.com`");
        await emulator.RunAsync("CREATE SCHEMA main.guards");
        await emulator.RunAsync("CREATE FUNCTION main.guards.f(v string) RETURNS string RETURN NULL");
        await emulator.RunAsync($"GRANT USE SCHEMA, EXECUTE, CREATE FUNCTION ON SCHEMA main.guards TO `{Ana}`");
        Assert.Contains("not an owner", await emulator.FailAsync("CREATE OR REPLACE FUNCTION main.guards.f(v string) RETURNS string RETURN v", Emulator.Analyst));
        Assert.Contains("not an owner", await emulator.FailAsync("DROP FUNCTION main.guards.f", Emulator.Analyst));

        await emulator.RunAsync($"ALTER SCHEMA main.guards OWNER TO `{Ana}`");
        await emulator.RunAsync("CREATE OR REPLACE FUNCTION main.guards.f(v string) RETURNS string RETURN v", Emulator.Analyst);

        var function = (await emulator.GetAsync("/functions/main.guards.f", Emulator.Admin)).Json;
        Assert.Equal(("mia.metastore@example.com", Ana, "v"), ((string?)function["owner"], (string?)function["updated_by"], (string?)function["routine_definition"]));
    }

    [Fact]
    public async Task MANAGE_on_a_function_lets_replace_it_and_EXECUTE_does_not()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.RunAsync("GRANT CREATE SCHEMA ON CATALOG main TO `mia.metastore@example.com`");
        await emulator.RunAsync("CREATE SCHEMA main.guards");
        await emulator.RunAsync("CREATE FUNCTION main.guards.f(v string) RETURNS string RETURN NULL");
        await emulator.RunAsync($"GRANT USE SCHEMA ON SCHEMA main.guards TO `{Ana}`");
        await emulator.RunAsync($"GRANT EXECUTE ON FUNCTION main.guards.f TO `{Ana}`");
        await emulator.FailAsync("CREATE OR REPLACE FUNCTION main.guards.f(v string) RETURNS string RETURN v", Emulator.Analyst);

        await emulator.RunAsync($"GRANT MANAGE ON FUNCTION main.guards.f TO `{Ana}`");
        await emulator.RunAsync("CREATE OR REPLACE FUNCTION main.guards.f(v string) RETURNS string RETURN v", Emulator.Analyst);

        Assert.Equal("ana.analyst:EXECUTE,MANAGE", await emulator.GrantsAsync("function/main.guards.f"));
    }

    [Theory]
    [InlineData("CATALOG main", "/catalogs/main")]
    [InlineData("SCHEMA main.sales", "/schemas/main.sales")]
    [InlineData("TABLE main.sales.customers", "/tables/main.sales.customers")]
    [InlineData("VIEW main.sales.customers", "/tables/main.sales.customers")]
    public async Task ALTER_hands_an_object_to_another_owner(string named, string path)
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.FailAsync($"ALTER {named} OWNER TO `{Ana}`", Emulator.Analyst);
        Assert.Contains("PRINCIPAL_DOES_NOT_EXIST", await emulator.FailAsync($"ALTER {named} SET OWNER TO `nobody`"));

        await emulator.RunAsync($"ALTER {named} SET OWNER TO `{Ana}`");

        Assert.Equal(Ana, (string?)(await emulator.GetAsync(path, Emulator.Admin)).Json["owner"]);
    }
}
