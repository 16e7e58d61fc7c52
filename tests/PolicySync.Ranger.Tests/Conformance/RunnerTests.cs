using PolicySync.Ranger.Conformance;

namespace PolicySync.Ranger.Tests;

/// <summary>The runner on folders that it has never seen.</summary>
public sealed class RunnerTests : IDisposable
{
    private const string Hdfs = """
        "serviceName": "hdfs", "serviceDef": { "name": "hdfs",
          "resources": [ { "name": "path", "level": 1, "matcher": "x.RangerPathResourceMatcher", "matcherOptions": { "wildCard": true } } ],
          "accessTypes": [ { "name": "read" }, { "name": "write" } ],
          "contextEnrichers": [ { "enricher": "x.RangerFileBasedGeolocationProvider", "enricherOptions": { "geolocation.meta.prefix": "T_" } } ],
          "policyConditions": [ { "name": "together", "evaluator": "x.SomebodysOwnCondition" },
                                { "name": "script", "evaluator": "x.RangerScriptConditionEvaluator" } ] }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conformance");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_line_a_file_then_a_line_a_form_then_the_counts_of_all()
    {
        Write("a/matcher.json", Matcher(("/x", true), ("/y", true)));
        Write("b.json", Matcher(("/x", true)));

        Assert.Equal(
            [
                "a/matcher.json: 1 passed, 1 failed, 0 skipped (resource-matcher)",
                "  failed: case / 1: expected True, got False",
                "b.json: 1 passed, 0 failed, 0 skipped (resource-matcher)",
                "by form:",
                "  resource-matcher: 2 passed, 1 failed, 0 skipped",
                "2 passed, 1 failed, 0 skipped",
            ],
            Run(expectedCode: 1));
    }

    [Fact]
    public void A_manifest_is_not_needed_and_files_that_it_does_not_list_are_run_too()
    {
        Write("manifest.json", """[ { "file": "gone.json", "runner": "engine", "cases": 3 } ]""");
        Write("unlisted.json", Matcher(("/x", true)));

        Assert.Contains("unlisted.json: 1 passed, 0 failed, 0 skipped (resource-matcher)", Run(expectedCode: 0));
    }

    [Theory]
    [InlineData("""{ "datasets": [], "name": 1 }""", "0 passed, 0 failed, 1 skipped (unknown)", "its members are datasets, name")]
    [InlineData("""[ { "resource": 1, "permissions": 2 } ]""", "0 passed, 0 failed, 1 skipped (unknown)", "its members are resource, permissions")]
    [InlineData("""{ "policies": [""", "0 passed, 1 failed, 0 skipped (unreadable)", "JsonReaderException")]
    [InlineData("", "0 passed, 1 failed, 0 skipped (unreadable)", "JsonReaderException")]
    [InlineData("""{ "testCases": [ { "resourceDef": null, "tests": [ {} ] } ] }""", "0 passed, 1 failed, 0 skipped (resource-matcher)", "Exception")]
    [InlineData("""{ "testCases": [ { "servicePolicies": { "policies": 7 }, "tests": [ {} ] } ] }""", "0 passed, 1 failed, 0 skipped (acl)", "Exception")]
    public void A_file_that_cannot_be_run_says_so_and_the_next_one_is_run(string content, string counts, string reason)
    {
        Write("a.json", content);
        Write("b.json", Matcher(("/x", true)));

        var lines = Run(expectedCode: null);

        Assert.Equal($"a.json: {counts}", lines[0]);
        Assert.Contains(reason, lines[1], StringComparison.Ordinal);
        Assert.Contains("b.json: 1 passed, 0 failed, 0 skipped (resource-matcher)", lines);
    }

    [Fact]
    public void A_case_that_cannot_be_run_fails_alone()
    {
        Write("a.json", Engine(
            """{ "name": "none", "policyItems": [] }""",
            """{ "name": "no request", "result": { "isAllowed": true } }""",
            Test("denied", "/x", allowed: false)));

        Assert.Equal("a.json: 1 passed, 1 failed, 0 skipped (engine)", Run(expectedCode: 1)[0]);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "rangerRoles": [] }""")]
    [InlineData("""{ "serviceName": "x", "policies": [] }""")]
    [InlineData("""{ "name": "x", "resources": [], "accessTypes": [] }""")]
    public void A_folder_without_cases_is_said_by_the_exit_code(string content)
    {
        Write("a.json", content.Replace("{}", """{ "serviceResources": [] }""", StringComparison.Ordinal));

        Assert.Equal("a.json: 0 passed, 0 failed, 0 skipped (data)", Run(expectedCode: 2)[0]);
    }

    [Theory]
    [InlineData("run/policyengine/tags.json")]
    [InlineData("policyengine/tags.json")]
    [InlineData("run/tags.json")]
    public void A_file_that_is_named_is_found_from_the_files_own_folder_upwards_or_beside_it(string where)
    {
        Write(where, """{ "tags": {}, "serviceResources": [] }""");
        Write("run/a.json", Engine("""{ "name": "p" }""", Test("t", "/x", false)).Replace(
            "\"geolocation.meta.prefix\": \"T_\"", "\"serviceTagsFileName\": \"/policyengine/tags.json\"", StringComparison.Ordinal));

        Assert.Equal("a.json: 1 passed, 0 failed, 0 skipped (engine)", Run(expectedCode: 0, "run")[0]);
    }

    [Fact]
    public void Cases_that_need_a_file_that_is_not_there_are_skipped_by_name()
    {
        Write("a.json", Engine("""{ "name": "p" }""", Test("t", "/x", false)).Replace(
            "\"geolocation.meta.prefix\": \"T_\"", "\"serviceTagsFileName\": \"/gone.json\"", StringComparison.Ordinal));

        Assert.Equal("  skipped: a.json: needs `/gone.json`, which is not in the folder", Run(expectedCode: 0)[1]);
    }

    [Theory]
    [InlineData("together", "x", "", "condition `together` cannot be evaluated")]
    [InlineData("script", "new Date()", "", "the script of condition `script` is not supported")]
    [InlineData("script", "ctx.result = !!ctx.getRequestContextAttribute('LOCATION_T_COUNTRY_CODE');", "1.2.3.4", "the geolocation file")]
    public void Only_a_case_whose_result_depends_on_what_cannot_be_known_is_skipped(
        string condition, string value, string address, string reason)
    {
        Write("a.json", Engine(
            $$"""
            { "name": "p", "resources": { "path": { "values": [ "/x" ] } }, "policyItems": [
              { "accesses": [ { "type": "read" } ], "users": [ "ann" ], "conditions": [ { "type": "{{condition}}", "values": [ "{{value}}" ] } ] },
              { "accesses": [ { "type": "write" } ], "users": [ "ann" ] } ] }
            """,
            Test("depends", "/x", false, "read", address),
            Test("other access", "/x", true, "write", address),
            Test("other path", "/y", false, "read", address)));

        var lines = Run(expectedCode: 0);

        Assert.Equal("a.json: 2 passed, 0 failed, 1 skipped (engine)", lines[0]);
        Assert.StartsWith($"  skipped: depends: {reason}", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_permission_may_be_a_word()
    {
        Write("a.json", $$"""
            { "testCases": [ { "name": "c", "servicePolicies": { {{Hdfs}}, "policies": [ {{Allow(1)}},
              { "id": 2, "resources": { "path": { "values": [ "/x" ] } }, "denyPolicyItems": [ { "accesses": [ { "type": "write" } ], "groups": [ "g" ] } ] },
              { "id": 3, "resources": { "path": { "values": [ "/x" ] } }, "policyItems": [ { "accesses": [ { "type": "read" } ], "roles": [ "r" ], "conditions": [ { "type": "together" } ] } ] } ] },
              "tests": [
                { "name": "right", "resource": { "elements": { "path": "/x" } }, "userPermissions": { "ann": { "READ": "ALLOWED" } },
                  "groupPermissions": { "g": { "write": "NOT_ALLOWED" } }, "rolePermissions": { "r": { "READ": "CONDITIONAL_ALLOWED" } } },
                { "name": "wrong", "resource": { "elements": { "path": "/x" } }, "userPermissions": { "ann": { "READ": "NOT_ALLOWED" } },
                  "groupPermissions": { "g": { "write": "NOT_ALLOWED" } }, "rolePermissions": { "r": { "READ": "CONDITIONAL_ALLOWED" } } },
                { "name": "no word", "resource": { "elements": { "path": "/x" } }, "userPermissions": { "ann": { "READ": "PERHAPS" } } } ] } ] }
            """);

        var lines = Run(expectedCode: 1);

        Assert.Equal("a.json: 1 passed, 2 failed, 0 skipped (acl)", lines[0]);
        Assert.Contains("`PERHAPS` is no permission", lines[^4], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ALLOW", 1, "1 passed, 0 failed, 0 skipped")]
    [InlineData("ALLOW", 2, "0 passed, 1 failed, 0 skipped")]
    [InlineData("DENY", 1, "0 passed, 1 failed, 0 skipped")]
    public void An_authorizer_file_finds_its_policies_beside_it(string decision, int policy, string counts)
    {
        Write("hdfs_dev.json", $$"""{ {{Hdfs}}, "policies": [ {{Allow(1)}} ] }""");
        Write("tests.json", $$"""
            [ { "resource": { "name": "path:/x" }, "context": { "serviceName": "dev" }, "permissions": { "resource": { "name": "path:/x" },
              "users": { "ann": { "read": { "permission": "read", "access": { "decision": "{{decision}}", "policy": { "id": {{policy}}, "version": 1 } } } } } } } ]
            """);

        Assert.Contains($"tests.json: {counts} (authz-permissions)", Run(expectedCode: null));
    }

    [Fact]
    public void What_depends_on_data_shares_or_has_no_policies_is_skipped_by_name()
    {
        Write("hdfs_dev.json", $$"""{ {{Hdfs}}, "policies": [] }""");
        Write("hdfs_dev_gds.json", "{}");
        Write("tests.json", """
            [ { "resource": { "name": "path:/x" }, "context": { "serviceName": "dev" }, "permissions": { "users": { "ann": { "read": { "access": { "decision": "ALLOW" } } } } } } ]
            """);
        Write("z.json", """[ { "resource": { "name": "path:/x" }, "context": { "serviceName": "other" }, "permissions": {} } ]""");

        var lines = Run(expectedCode: null);

        Assert.Contains("  skipped: dev path:/x: depends on data shares, which the engine does not read", lines);
        Assert.Contains("  skipped: other path:/x: needs `*_other.json`, which is not in the folder", lines);
    }

    [Fact]
    public void A_known_difference_is_a_skip_only_where_it_is_narrower()
    {
        Write("06_tag_deny_all_else_pruned.json", Engine("""{ "name": "p" }""", Test("narrower", "/x", true)));
        Write("other.json", Engine("""{ "name": "p" }""", Test("narrower", "/x", true)));

        var lines = Run(expectedCode: 1);

        Assert.Contains("06_tag_deny_all_else_pruned.json: 0 passed, 0 failed, 1 skipped (engine)", lines);
        Assert.Contains("other.json: 0 passed, 1 failed, 0 skipped (engine)", lines);

        Write("06_tag_deny_all_else_pruned.json", Engine(Allow(1), Test("wider", "/x", false)));

        Assert.Contains("06_tag_deny_all_else_pruned.json: 0 passed, 1 failed, 0 skipped (engine)", Run(expectedCode: 1));
    }

    [Fact]
    public void Deltas_may_follow_each_other()
    {
        Write("a.json", $$"""
            { {{Hdfs}}, "policies": [], "tests": [ {{Test("0", "/x", false)}} ],
              "updatedPolicies": { "policyDeltas": [ { "changeType": 0, "policy": {{Allow(1)}} } ] },
              "updatedTestsInfo": { "tests": [ {{Test("1", "/x", true)}} ],
                "updatedPolicies": [ { "changeType": 2, "policy": { "id": 1 } } ],
                "updatedTests": [ {{Test("2", "/x", false)}} ] } }
            """);

        Assert.Equal("a.json: 3 passed, 0 failed, 0 skipped (engine)", Run(expectedCode: 0)[0]);
    }

    [Fact]
    public void What_Gson_reads_leniently_is_read()
    {
        Write("a.json", "# a comment\n" + Matcher(("/x", true)).Replace("\"input\"", "'input'", StringComparison.Ordinal));

        Assert.Equal("a.json: 1 passed, 0 failed, 0 skipped (resource-matcher)", Run(expectedCode: 0)[0]);
    }

    private static string Matcher(params (string Input, bool Result)[] tests) => $$"""
        { "testCases": [ { "name": "case", "resourceDef": { "matcher": "x.RangerPathResourceMatcher" }, "policyResource": { "values": [ "/x" ] },
          "tests": [ {{string.Join(',', tests.Select((t, i) => $$"""{ "name": {{i}}, "input": "{{t.Input}}", "result": {{(t.Result ? "true" : "false")}} }"""))}} ] } ] }
        """;

    private static string Engine(string policy, params string[] tests) =>
        $$"""{ {{Hdfs}}, "policies": [ {{policy}} ], "tests": [ {{string.Join(',', tests)}} ] }""";

    private static string Allow(int id) =>
        $$"""{ "id": {{id}}, "resources": { "path": { "values": [ "/x" ] } }, "policyItems": [ { "accesses": [ { "type": "read" } ], "users": [ "ann" ] } ] }""";

    private static string Test(string name, string path, bool allowed, string access = "read", string address = "") => $$"""
        { "name": "{{name}}", "request": { "resource": { "elements": { "path": "{{path}}" } }, "accessType": "{{access}}", "user": "ann"
          {{(address.Length > 0 ? $", \"remoteIPAddress\": \"{address}\"" : "")}} }, "result": { "isAllowed": {{(allowed ? "true" : "false")}} } }
        """;

    private void Write(string name, string content)
    {
        var file = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }

    private string[] Run(int? expectedCode, string below = "")
    {
        using var output = new StringWriter();
        var code = Report.Run(Path.Combine(_folder.FullName, below), output);
        Assert.Equal(expectedCode ?? code, code);
        return output.ToString().TrimEnd().Split(output.NewLine);
    }
}
