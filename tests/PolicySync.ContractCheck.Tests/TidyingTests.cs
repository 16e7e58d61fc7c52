using System.Text.Json.Nodes;

namespace PolicySync.ContractCheck.Tests;

/// <summary>Nothing that the check made stays, and nothing that it did not make goes.</summary>
public sealed class TidyingTests(TestWorkspace workspace) : IClassFixture<TestWorkspace>
{
    [Fact]
    public async Task Objects_that_cannot_be_removed_are_listed_and_change_the_exit_code()
    {
        await using var other = await MisbehavingWorkspace.StartAsync(workspace.Url, (asked, emulator) => asked.Method == "DELETE" && asked.Path.Contains("/models/", StringComparison.Ordinal)
            ? Task.FromResult(Told.Refused("PERMISSION_DENIED", "models stay", 403)) : emulator(asked));

        var (code, output, _) = await workspace.CheckAsync(workspace.Options(other.Url), "--only", "model-path");

        Assert.Equal(2, code);
        Assert.Matches("not removed: model check\\.policysync_check_[0-9a-f]{12}\\.function_of_the_check: 403 PERMISSION_DENIED: models stay", output);
        Assert.Matches("not removed: schema check\\.policysync_check_[0-9a-f]{12}: 400 SCHEMA_NOT_EMPTY", output);
        await DropAllAsync();
    }

    [Fact]
    public async Task Objects_that_somebody_else_puts_into_the_schema_stay_and_the_schema_with_them()
    {
        var isPut = false;
        await using var other = await MisbehavingWorkspace.StartAsync(workspace.Url, async (asked, emulator) =>
        {
            var told = await emulator(asked);
            if (!isPut && asked.IsReadOfGrants && asked.Path.Contains("/schema/", StringComparison.Ordinal))
            {
                isPut = true;
                await workspace.SendAsync(HttpMethod.Put, $"securables/table/{asked.Path.Split('/')[^1]}.of_somebody_else", "{}");
            }

            return told;
        });

        var (code, output, _) = await workspace.CheckAsync(workspace.Options(other.Url), "--only", "self-name");

        Assert.Equal(2, code);
        Assert.Contains("SCHEMA_NOT_EMPTY", output, StringComparison.Ordinal);
        Assert.Contains("of_somebody_else", await workspace.StateAsync(), StringComparison.Ordinal);
        await DropAllAsync();
    }

    [Fact]
    public async Task A_schema_whose_making_got_no_answer_is_found_by_its_mark_and_removed()
    {
        var before = await workspace.StateAsync();
        await workspace.FaultAsync(new { method = "POST", path = "*/schemas", times = 1, mode = "applyThenError", status = 500 });

        var (code, _, errors) = await workspace.CheckAsync(workspace.Options(), "--only", "self-name");

        Assert.Equal((0, before), (code, await workspace.StateAsync()));
        Assert.DoesNotContain("not removed", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_of_that_name_that_somebody_else_has_is_left_alone()
    {
        await using var other = await MisbehavingWorkspace.StartAsync(workspace.Url, async (asked, emulator) =>
        {
            if (asked is { Method: "POST", Body: { } body } && asked.Path.EndsWith("/schemas", StringComparison.Ordinal))
            {
                await workspace.SendAsync(HttpMethod.Put, $"securables/schema/check.{body["name"]}", """{"comment": "mine"}""");
            }

            return await emulator(asked);
        });

        var (code, _, errors) = await workspace.CheckAsync(workspace.Options(other.Url), "--only", "self-name");

        Assert.Equal(2, code);
        Assert.Contains("SCHEMA_ALREADY_EXISTS", errors, StringComparison.Ordinal);
        Assert.Contains("\"mine\"", await workspace.StateAsync(), StringComparison.Ordinal);
        await DropAllAsync();
    }

    [Fact]
    public async Task A_workspace_that_breaks_while_it_is_tidied_is_asked_again()
    {
        var before = await workspace.StateAsync();
        await workspace.FaultAsync(new { method = "DELETE", times = 2, status = 500 });

        var (code, output, _) = await workspace.CheckAsync(workspace.Options(), "--only", "model-path");

        Assert.True(code == 0, output);
        Assert.Equal(before, await workspace.StateAsync());
    }

    [Fact]
    public async Task A_row_filter_on_a_named_foreign_table_that_was_taken_goes_again()
    {
        await workspace.SendAsync(HttpMethod.Put, "securables/table/check.other.managed", """{"type": "MANAGED", "columns": [{"name": "a", "type": "string"}]}""");
        // The emulator refuses filters on foreign tables; a managed one that says it is foreign stands for a workspace that takes them.
        await using var other = await MisbehavingWorkspace.StartAsync(workspace.Url, async (asked, emulator) =>
            await emulator(asked) is var told && asked.Method == "GET" && asked.Path.EndsWith(".managed", StringComparison.Ordinal)
                ? told.Changed(body => body["table_type"] = "FOREIGN") : told);

        var (code, output, _) = await workspace.CheckAsync(
            workspace.Options(other.Url), "--only", "foreign-table-filter", "--foreign-table", "check.other.managed");

        Assert.Equal(1, code);
        Assert.Contains("accepted, and shown", output, StringComparison.Ordinal);
        var state = await workspace.StateAsync();
        Assert.Contains("other", state, StringComparison.Ordinal);
        Assert.DoesNotContain("rowFilter", state[state.IndexOf("\"other\"", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.DoesNotContain("policysync_check_", state, StringComparison.Ordinal);
    }

    // As the operator would.
    private async Task DropAllAsync()
    {
        foreach (var catalog in JsonNode.Parse(await workspace.StateAsync())!["catalogs"]!.AsArray().Where(catalog => (string?)catalog!["name"] == TestWorkspace.Catalog))
        {
            foreach (var schema in catalog!["schemas"]!.AsArray().Where(schema => ((string)schema!["name"]!).StartsWith("policysync_check_", StringComparison.Ordinal)))
            {
                await workspace.SendAsync(HttpMethod.Delete, $"securables/schema/check.{schema!["name"]}");
            }
        }
    }
}
