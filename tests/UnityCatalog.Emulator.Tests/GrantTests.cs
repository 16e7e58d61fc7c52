namespace UnityCatalog.Emulator.Tests;

/// <summary>PATCH of permissions: what it does to grants.</summary>
public class GrantTests
{
    private const string Table = "table/main.sales.products";

    // Written as: held before | add | remove | held after.
    [Theory]
    [InlineData("", "SELECT", "", "SELECT")]
    [InlineData("SELECT", "SELECT", "", "SELECT")]
    [InlineData("SELECT", "", "MODIFY", "SELECT")]
    [InlineData("SELECT", "MODIFY", "SELECT", "MODIFY")]
    [InlineData("MODIFY,SELECT", "", "SELECT", "MODIFY")]
    [InlineData("SELECT", "", "SELECT", "")]
    [InlineData("SELECT", "ALL_PRIVILEGES", "", "ALL_PRIVILEGES,SELECT")]
    [InlineData("ALL_PRIVILEGES,SELECT", "", "SELECT", "ALL_PRIVILEGES")]
    [InlineData("ALL_PRIVILEGES,APPLY_TAG,MANAGE,MODIFY,SELECT", "", "ALL_PRIVILEGES", "MANAGE")]
    [InlineData("ALL_PRIVILEGES,MANAGE", "", "ALL_PRIVILEGES,MANAGE", "")]
    [InlineData("MANAGE,SELECT", "", "ALL_PRIVILEGES", "MANAGE")]
    [InlineData("ALL_PRIVILEGES,SELECT", "MODIFY,SELECT", "ALL_PRIVILEGES", "MODIFY,SELECT")]
    [InlineData("EXTERNAL_USE_SCHEMA,ALL_PRIVILEGES", "", "ALL_PRIVILEGES", "EXTERNAL_USE_SCHEMA")]
    [InlineData("", "all privileges,Select, modify ", "", "ALL_PRIVILEGES,MODIFY,SELECT")]
    [InlineData("", "SELECT,select", "", "SELECT")]
    public async Task A_delta_is_merged_into_what_stands(string before, string add, string remove, string after)
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.AdminAsync(
            "PUT", $"/permissions/{Table}", $$"""{"grants":[{"principal":"ana.analyst@example.com","privileges":{{Array(before)}}}]}""");

        var answer = await emulator.PatchAsync(
            $"/permissions/{Table}",
            $$"""{"changes":[{"principal":"ana.analyst@example.com","add":{{Array(add)}},"remove":{{Array(remove)}}}]}""");

        var expected = after.Length == 0 ? "" : $"ana.analyst:{after}";
        Assert.Equal((200, expected), (answer.Status, Emulator.Lines(answer.Json)));
        Assert.Equal(expected, await emulator.GrantsAsync(Table));
    }

    [Theory]
    [InlineData("catalog/main", "USAGE,CREATE", "CREATE_SCHEMA,USE_CATALOG")]
    [InlineData("schema/main.sales", "usage,create", "CREATE_TABLE,USE_SCHEMA")]
    public async Task Legacy_names_of_privileges_are_stored_under_their_new_names(string securable, string add, string stored)
    {
        await using var emulator = await Emulator.StartAsync();

        await emulator.PatchAsync(
            $"/permissions/{securable}", $$"""{"changes":[{"principal":"dev.analyst@example.com","add":{{Array(add)}}}]}""");

        Assert.Contains($"dev.analyst:{stored}", await emulator.GrantsAsync(securable));
    }

    [Fact]
    public async Task The_same_privilege_in_add_and_remove_is_refused_whatever_its_spelling()
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.PatchAsync(
            $"/permissions/{Table}",
            """{"changes":[{"principal":"ana.analyst@example.com","add":["SELECT"]},{"principal":"ANA.ANALYST@example.com","remove":["select"]}]}""");

        Assert.Equal(
            (400, "INVALID_PARAMETER_VALUE", "Duplicate privileges to add and delete for principal ana.analyst@example.com."),
            (answer.Status, answer.Code, answer.Message));
    }

    [Fact]
    public async Task A_change_without_privileges_is_dropped_and_one_without_principal_refused()
    {
        await using var emulator = await Emulator.StartAsync();

        var dropped = await emulator.PatchAsync($"/permissions/{Table}", """{"changes":[{"principal":"nobody","add":[]}]}""");
        var nameless = await emulator.PatchAsync($"/permissions/{Table}", """{"changes":[{"principal":"","add":["SELECT"]}]}""");
        var both = await emulator.PatchAsync($"/permissions/{Table}", """{"changes":[{"principal":"analysts","principal_id":7,"add":["SELECT"]}]}""");

        Assert.Equal((200, "{}"), (dropped.Status, dropped.Text));
        Assert.Equal((400, "INVALID_PARAMETER_VALUE"), (nameless.Status, nameless.Code));
        Assert.Equal((400, "INVALID_PARAMETER_VALUE"), (both.Status, both.Code));
    }

    [Fact]
    public async Task Nothing_of_a_PATCH_is_applied_when_one_of_its_principals_is_unknown()
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.PatchAsync(
            $"/permissions/{Table}",
            """{"changes":[{"principal":"analysts","add":["SELECT"]},{"principal":"Analysts","add":["SELECT"]}]}""");

        Assert.Equal(
            (404, "PRINCIPAL_DOES_NOT_EXIST", "Could not find principal with name Analysts."),
            (answer.Status, answer.Code, answer.Message));
        Assert.Equal("", await emulator.GrantsAsync(Table));
    }

    [Fact]
    public async Task Permissions_are_left_out_of_the_answer_on_demand()
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.PatchAsync(
            $"/permissions/{Table}", """{"changes":[{"principal":"analysts","add":["SELECT"]}],"omit_permissions_in_response":true}""");

        Assert.Equal("{}", answer.Text);
        Assert.Equal("analysts:SELECT", await emulator.GrantsAsync(Table));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("")]
    [InlineData("""{"changes":{}}""")]
    [InlineData("""{"changes":[{"principal":"analysts","add":"SELECT"}]}""")]
    public async Task A_body_that_is_none_is_a_malformed_request(string body)
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.PatchAsync($"/permissions/{Table}", body);

        Assert.Equal((400, "MALFORMED_REQUEST"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_schema_shows_a_later_updated_at_after_its_grants_changed()
    {
        await using var emulator = await Emulator.StartAsync();
        var before = await emulator.GetAsync("/schemas/main.sales");

        await emulator.PatchAsync("/permissions/schema/main.sales", """{"changes":[{"principal":"analysts","add":["SELECT"]}]}""");

        var after = await emulator.GetAsync("/schemas/main.sales");
        Assert.True((long)after.Json["updated_at"]! > (long)before.Json["updated_at"]!);
    }

    [Fact]
    public async Task A_model_answers_to_the_type_function_and_a_type_in_upper_case_is_accepted()
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.PatchAsync(
            "/permissions/FUNCTION/main.sales.churn_model", """{"changes":[{"principal":"analysts","add":["CREATE_MODEL_VERSION"]}]}""");

        Assert.Equal("analysts:CREATE_MODEL_VERSION data-scientists:EXECUTE", Emulator.Lines(answer.Json));
    }

    private static string Array(string names) => names.Length == 0 ? "[]" : $"[\"{string.Join("\",\"", names.Split(','))}\"]";
}
