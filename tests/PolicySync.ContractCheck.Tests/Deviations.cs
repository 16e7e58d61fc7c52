using System.Text.Json.Nodes;
using static System.StringComparison;

namespace PolicySync.ContractCheck.Tests;

/// <summary>For each fact a workspace of which it is not so: most are what Databricks or a test server of it is known to have done.</summary>
internal static class Deviations
{
    private const string UnknownPrincipal = "PRINCIPAL_DOES_NOT_EXIST";

    public static IReadOnlyDictionary<string, Deviation> All { get; } = new Dictionary<string, Deviation>(StringComparer.Ordinal)
    {
        ["upper-case-catalog"] = UpperCase("CATALOG"),
        ["upper-case-schema"] = UpperCase("SCHEMA"),
        ["upper-case-model"] = UpperCase("FUNCTION"),
        ["upper-case-volume"] = UpperCase("VOLUME"),
        ["upper-case-function"] = UpperCase("FUNCTION"),
        ["upper-case-table"] = UpperCase("TABLE"),
        ["model-path"] = When(asked => asked.IsReadOfGrants && asked.Path.Contains("/function/", Ordinal), Told.Nothing),
        ["max-results"] = (asked, emulator) => emulator(asked with { Target = asked.Target.Replace("max_results=10", "max_results=0", Ordinal) }),
        ["listing-complete"] = Answer(asked => asked.Method == "GET" && asked.Path.EndsWith("/schemas", Ordinal), body => Keep(body, "schemas", item => !IsOurs(item, "name"))),
        ["table-summaries"] = Answer(asked => asked.Path.EndsWith("/table-summaries", Ordinal), body => Keep(body, "tables", item => ((string?)item["full_name"])?.Contains("policysync_check_", Ordinal) != true)),
        ["missing-schema"] = When(asked => asked.Path.EndsWith("_missing", Ordinal), Told.Refused("INVALID_PARAMETER_VALUE", "no such thing")),
        ["missing-table"] = Missing,
        ["missing-volume"] = Missing,
        ["missing-function"] = When(asked => asked.Path.EndsWith(".missing", Ordinal), Told.Refused("ROUTINE_NOT_FOUND", "no such routine", 404)),
        ["missing-model"] = Missing,
        ["missing-permissions"] = When(asked => asked.IsReadOfGrants && asked.Path.EndsWith(".missing", Ordinal), Told.Nothing),
        ["stored-lower-case"] = Answer(asked => asked.Path.EndsWith("_capitals", Ordinal), body => body["name"] = ((string)body["name"]!).Replace("capitals", "CAPITALS", Ordinal)),
        ["name-escaped"] = When(asked => ((string?)asked.Body?["name"])?.Contains('%', Ordinal) == true, Told.Refused("INVALID_PARAMETER_VALUE", "is not a valid name")),
        ["new-identity"] = Answer(asked => asked.Method == "GET" && asked.Path.EndsWith("_again", Ordinal) && !asked.IsReadOfGrants, body => body["schema_id"] = "the-same"),
        ["schema-touched"] = Answer(asked => asked.Method == "GET" && asked.Path.Contains("/schemas/", Ordinal), body => body["updated_at"] = 1),
        ["effective-agrees"] = Answer(asked => asked.Path.Contains("/effective-permissions/", Ordinal), body => ForEach(body, one => Keep(one, "privileges", privilege => privilege["inherited_from_type"] is null))),
        ["token-refused"] = When(asked => asked.Token?.StartsWith("dapi0000", Ordinal) == true, Told.Nothing),
        ["token-endpoint"] = Answer(asked => asked.Path.StartsWith("/oidc/", Ordinal), body => body["token_endpoint"] = "https://elsewhere.example.com/token"),
        ["browse-only"] = When(asked => asked.IsReadOfGrants && asked.Token == "dapi-emulator-analyst", Told.Nothing),

        ["principal-status"] = Refusal(UnknownPrincipal, told => told with { Status = 400 }),
        ["principal-recognised"] = Refusal(UnknownPrincipal, _ => Told.Refused("INVALID_PARAMETER_VALUE", "no such subject")),
        ["patch-atomic"] = async (asked, emulator) =>
        {
            var told = await emulator(asked);
            foreach (var change in told.Status == 200 || asked.Changes.Count < 2 ? [] : asked.Changes)
            {
                await emulator(asked.With(change));
            }

            return told;
        },
        ["split-converges"] = Refusal(UnknownPrincipal, told => told.Changed(_ => { }) with { Body = new JsonObject { ["error_code"] = UnknownPrincipal, ["message"] = "Could not find principal with name somebody else." } }),
        ["local-group"] = When(asked => asked.IsGrant && asked.Changes.Any(change => (string?)change["principal"] == "admins"), Told.Nothing),
        ["group-case"] = When(asked => asked.IsGrant && asked.Changes.Any(change => (string?)change["principal"] is { } name && !name.Contains('@', Ordinal) && !name.Any(char.IsLower)), Told.Nothing),
        ["email-case"] = Read(one => one["principal"] = ((string)one["principal"]!).ToUpperInvariant()),
        ["self-name"] = Read(one => one["principal"] = "policysync"),
        ["principal-id"] = Read(one => one.Remove("principal_id")),
        ["deleted-principals"] = Answer(
            asked => asked.IsReadOfGrants && !asked.Target.Contains("include_deleted_principals", Ordinal), body => body.Remove("privilege_assignments")),
        ["group-kinds"] = Answer(asked => asked.Path.EndsWith("/Groups", Ordinal), body => Each(body, "Resources", one => one.Remove("meta"))),

        ["owner-not-listed"] = When(asked => asked.IsReadOfGrants && asked.Path.EndsWith("_owned", Ordinal), new Told(200, Grants(("7f3c1c52-8a51-4f0e-9a35-2d6b8c0e4a10", "ALL_PRIVILEGES")))),
        ["read-after-write"] = When(asked => asked.IsReadOfGrants, Told.Nothing),
        ["patch-answer"] = Answer(asked => asked.IsGrant, body => body.Clear()),
        ["names-normalised"] = Read(one => one["privileges"] = new JsonArray([.. Privileges(one).Select(name => (JsonNode)name.Replace('_', ' '))])),
        ["remove-not-held"] = When(asked => asked.IsGrant && asked.Changes.All(change => change["add"] is null), Told.Refused("INVALID_PARAMETER_VALUE", "it is not held")),
        ["add-and-remove"] = When(IsBoth, Told.Refused("INVALID_PARAMETER_VALUE", "one at a time")),
        ["duplicate"] = When(IsBoth, Told.Nothing),
        ["all-beside"] = Read(one => one["privileges"] = new JsonArray(Privileges(one).Contains("ALL_PRIVILEGES") ? ["ALL_PRIVILEGES"] : [.. Privileges(one).Select(name => (JsonNode)name)])),
        ["all-removal"] = async (asked, emulator) =>
        {
            var told = await emulator(asked);
            if (asked.IsGrant && asked.Changes.Any(change => change["remove"]?.AsArray() is [var only] && (string?)only == "ALL_PRIVILEGES"))
            {
                await emulator(asked.With(asked.Changes.Select(change => Change(change, add: "USE_SCHEMA")).ToArray()));
            }

            return told;
        },
        ["all-replaced"] = async (asked, emulator) =>
        {
            if (!IsBoth(asked))
            {
                return await emulator(asked);
            }

            await emulator(asked.With(Change(asked.Changes[0], add: "USE_SCHEMA")));
            return await emulator(asked.With(Change(asked.Changes[0], remove: "ALL_PRIVILEGES")));
        },
        ["inapplicable"] = Refusal("INVALID_PARAMETER_VALUE", _ => Told.Refused("INVALID_PARAMETER_VALUE", "not here")),
        ["unknown-privilege"] = Refusal("INVALID_PARAMETER_VALUE", _ => Told.Refused("INVALID_PARAMETER_VALUE", "not here")),
        ["inherited-not-listed"] = (asked, emulator) => asked.IsReadOfGrants && asked.Path.Contains("/function/", Ordinal)
            ? emulator(asked with { Target = asked.Target.Replace("/function/", "/schema/", Ordinal).Replace(".function_of_the_check", "", Ordinal) })
            : emulator(asked),
        ["assignable-privileges"] = Answer(asked => asked.Target.Contains("include_manifest_capabilities", Ordinal), body => body["securable_kind_manifest"]!["assignable_privileges"]!.AsArray().Add("READ_EVERYTHING")),

        ["statement-failure"] = When(asked => asked.Statement == "THIS IS NO STATEMENT", Told.Refused("BAD_REQUEST", "no statement")),
        ["filter-read-back"] = Answer(IsReadOfTable, body => Quote(body["row_filter"])),
        ["mask-read-back"] = Answer(IsReadOfTable, body => Each(body, "columns", column =>
        {
            (column["mask"] as JsonObject)?.Remove("using_column_names");
            (column["mask"] as JsonObject)?.Remove("using_arguments");
        })),
        ["filter-replaced"] = When(asked => asked.Statement.Contains("SET ROW FILTER", Ordinal) && asked.Statement.Contains("_2`", Ordinal), Done),
        ["function-in-use"] = When(asked => asked.Statement.StartsWith("DROP FUNCTION", Ordinal), Done),
        ["foreign-table-filter"] = When(asked => asked.Statement.Contains("`foreign_table` SET", Ordinal), Done),
        ["owner-guarded"] = Answer(IsQuery, ReadInTheClear),
        ["all-privileges-guarded"] = Answer(IsQuery, ReadInTheClear),
        ["container-owner-reads"] = Answer(IsQuery, ReadInTheClear),

        ["changes-per-patch"] = When(asked => asked.IsGrant && asked.Changes.Count > 20, Told.Refused("INVALID_PARAMETER_VALUE", "too many changes")),
        ["grants-per-securable"] = Answer(asked => asked.IsReadOfGrants, body => body["privilege_assignments"] = new JsonArray([.. (body["privilege_assignments"]?.AsArray() ?? []).Take(30).Select(one => one!.DeepClone())])),
        ["rate"] = When(asked => asked.IsReadOfGrants, Told.Refused("REQUEST_LIMIT_EXCEEDED", "too fast", 429)),
    };

    private static Told Done => new(200, new JsonObject { ["statement_id"] = "s", ["status"] = new JsonObject { ["state"] = "SUCCEEDED" } });

    private static bool IsQuery(Asked asked) => asked.Statement.StartsWith("SELECT ", Ordinal);

    private static void ReadInTheClear(JsonObject answer)
    {
        answer["status"] = new JsonObject { ["state"] = "SUCCEEDED" };
        answer["result"] = new JsonObject { ["data_array"] = new JsonArray(new JsonArray("in the clear")) };
    }

    private static Deviation Missing => When(asked => asked.Path.EndsWith(".missing", Ordinal), Told.Refused("INVALID_PARAMETER_VALUE", "no such thing"));

    private static Deviation UpperCase(string type) =>
        When(asked => asked.Path.Contains($"/permissions/{type}/", Ordinal), Told.Refused("INVALID_PARAMETER_VALUE", "no such type"));

    private static Deviation When(Func<Asked, bool> applies, Told told) => (asked, emulator) =>
        applies(asked) ? Task.FromResult(told with { Body = (JsonObject?)told.Body?.DeepClone() }) : emulator(asked);

    private static Deviation Answer(Func<Asked, bool> applies, Action<JsonObject> change) => async (asked, emulator) =>
        await emulator(asked) is var told && applies(asked) ? told.Changed(change) : told;

    private static Deviation Refusal(string code, Func<Told, Told> other) => async (asked, emulator) =>
        await emulator(asked) is var told && asked.IsGrant && (string?)told.Body?["error_code"] == code ? other(told) : told;

    private static Deviation Read(Action<JsonObject> change) => Answer(asked => asked.IsReadOfGrants, body => ForEach(body, change));

    private static void ForEach(JsonObject body, Action<JsonObject> change) => Each(body, "privilege_assignments", change);

    private static void Each(JsonObject body, string array, Action<JsonObject> change)
    {
        foreach (var one in (body[array]?.AsArray() ?? []).OfType<JsonObject>())
        {
            change(one);
        }
    }

    private static void Keep(JsonObject body, string array, Func<JsonObject, bool> keep) =>
        body[array] = new JsonArray([.. (body[array]?.AsArray() ?? []).OfType<JsonObject>().Where(keep).Select(one => one.DeepClone())]);

    private static bool IsOurs(JsonObject item, string name) => ((string?)item[name])?.StartsWith("policysync_check_", Ordinal) == true;

    private static bool IsBoth(Asked asked) => asked.IsGrant && asked.Changes.Any(change => change["add"] is not null && change["remove"] is not null);

    private static bool IsReadOfTable(Asked asked) => asked.Method == "GET" && asked.Path.Contains("/tables/", Ordinal);

    private static IReadOnlyList<string> Privileges(JsonObject one) => [.. one["privileges"]!.AsArray().Select(name => (string)name!)];

    private static JsonObject Change(JsonObject change, string? add = null, string? remove = null)
    {
        var other = new JsonObject { ["principal"] = (string)change["principal"]! };
        other[add is null ? "remove" : "add"] = new JsonArray(add ?? remove);
        return other;
    }

    private static JsonObject Grants(params (string Principal, string Privilege)[] grants) => new()
    {
        ["privilege_assignments"] = new JsonArray([.. grants.Select(grant => new JsonObject { ["principal"] = grant.Principal, ["privileges"] = new JsonArray(grant.Privilege) })]),
    };

    private static void Quote(JsonNode? guard)
    {
        if (guard is not null)
        {
            guard["function_name"] = string.Join('.', ((string)guard["function_name"]!).Split('.').Select(name => $"`{name}`"));
        }
    }
}
