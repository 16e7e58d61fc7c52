using System.Globalization;
using PolicySync.Adapters.Workspaces.Authentication;
using PolicySync.ContractCheck.Workspaces;
using PolicySync.Core;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;

namespace PolicySync.ContractCheck.Probes;

/// <summary>How objects and their permissions are addressed and read.</summary>
internal static class ReadingProbes
{
    private const string Use = "USE_SCHEMA";

    // The types in `permissions/{type}`, and the object of the check for each.
    private static readonly SecurableType[] PathTypes =
        [SecurableType.Catalog, SecurableType.Schema, SecurableType.Model, SecurableType.Volume, SecurableType.Function, SecurableType.Table];

    public static IReadOnlyList<Probe> All =>
    [
        .. PathTypes.Select(type => new Probe(
            new($"upper-case-{WireNames.Of(type)}", $"GET permissions/{type.PathType().ToUpperInvariant()} of a {WireNames.Of(type)}", "answers as the lower-case path does",
                "nothing: paths are sent in lower case"),
            (scene, stop) => UpperCaseAsync(scene, type, stop))),
        new(new("model-path", "GET permissions/function of a registered model", "its permissions",
            "models are synced by that path"), ModelPathAsync),
        new(new("max-results", "max_results of 0 and of 10 on permissions", "0 is accepted, 10 refused",
            "every listing is read with 0, the server's page size"), MaxResultsAsync),
        new(new("listing-complete", "Schemas of the catalog, read to the last page", "a schema that was just created is listed",
            "a walk reaches what a container holds"), ListingAsync),
        .. new (SecurableType Type, string Assumed)[]
        {
            (SecurableType.Schema, "404 SCHEMA_DOES_NOT_EXIST"), (SecurableType.Table, "404 TABLE_DOES_NOT_EXIST"),
            (SecurableType.Volume, "404 RESOURCE_DOES_NOT_EXIST"), (SecurableType.Function, "404 RESOURCE_DOES_NOT_EXIST"),
            (SecurableType.Model, "404 RESOURCE_DOES_NOT_EXIST"),
        }.Select(missing => new Probe(
            new($"missing-{WireNames.Of(missing.Type)}", $"GET of a {WireNames.Of(missing.Type)} that does not exist", missing.Assumed,
                "the securable is SKIPPED if the client recognises the answer, and fails after all retries otherwise. If another code is recognised: nothing"),
            (scene, stop) => MissingAsync(scene, missing.Type, missing.Assumed, stop))),
        new(new("missing-permissions", "GET permissions of a table that does not exist", "recognised as SECURABLE_NOT_FOUND",
            "a table that is dropped during a walk is skipped"), MissingPermissionsAsync),
        new(new("stored-lower-case", "A schema created with capital letters", "shown in lower case",
            "names are compared in lower case"), LowerCaseAsync),
        new(new("name-escaped", "A schema whose name holds a percent sign, a hash and a letter beyond ASCII", "created, and read back by its escaped path",
            "names in paths are escaped one by one"), EscapedAsync),
        new(new("new-identity", "A schema that is dropped and created again", "has a new schema_id and no old grants",
            "the ledger of an object is not used for a new object of the same name"), IdentityAsync),
        new(new("schema-touched", "updated_at and updated_by of a schema after a grant on it", "the time moves, and the name is the grantor's",
            "`by` of external changes on schemas; for tables it is unknown anyway"), TouchedAsync),
        new(new("effective-agrees", "Effective permissions of a model against the grants of model, schema and catalog", "the same, each with its container, without expansion",
            "inherited access is computed from the containers' own grants; a VERIFY reads effective permissions where it does not inspect the containers"), EffectiveAsync),
        new(new("token-refused", "A read with an invalid token", "401, or 403 with a known text",
            "CREDENTIALS_REFUSED, and the one retry with a fresh token"), TokenRefusedAsync),
        new(new("token-endpoint", "Where the workspace says that OAuth tokens are issued", "{Host}/oidc/v1/token",
            "ClientId and ClientSecret: that address is used without discovery"), TokenEndpointAsync),
        new(new("browse-only", "GET permissions of a schema by a principal that sees it through BROWSE only", "403",
            "a service without MANAGE fails with PERMISSION_DENIED; if it saw its own rows only, it would take them for all rows"), BrowseAsync),
    ];

    private static async Task<Answer> UpperCaseAsync(Scene scene, SecurableType type, CancellationToken stop)
    {
        var securable = type switch
        {
            SecurableType.Catalog => scene.Catalog,
            SecurableType.Schema => scene.Schema,
            _ => await scene.LeafAsync(type, stop),
        };
        var lower = (await scene.Raw.GetAsync($"{Routes.Permissions(securable)}?max_results=0", stop)).Required($"permissions of the {WireNames.Of(type)}");
        var upper = await scene.Raw.GetAsync($"{Routes.Permissions(type.PathType().ToUpperInvariant(), securable)}?max_results=0", stop);
        if (upper is { IsSuccess: false, Status: 429 or >= 500 })
        {
            throw new NotAskedException(upper.Long);
        }

        return Answer.If(upper.Status == lower.Status, upper.Short);
    }

    private static async Task<Answer> ModelPathAsync(Scene scene, CancellationToken stop)
    {
        var model = await scene.LeafAsync(SecurableType.Model, stop);
        await scene.ClearAsync(model, stop);
        await scene.GrantAsync(model, stop, Change.Add(scene.Cast.Self, "EXECUTE"));
        var (isSo, seen) = await scene.SettleAsync(model, read => Scene.HoldsExactly(read, scene.Cast.Self, "EXECUTE"), stop);
        return Answer.If(isSo, seen);
    }

    private static async Task<Answer> MaxResultsAsync(Scene scene, CancellationToken stop)
    {
        var zero = (await scene.Raw.GetAsync($"{Routes.Permissions(scene.Schema)}?max_results=0", stop)).ToThePoint("max_results=0");
        var ten = (await scene.Raw.GetAsync($"{Routes.Permissions(scene.Schema)}?max_results=10", stop)).ToThePoint("max_results=10");
        return Answer.If(zero.IsSuccess && ten.Status == 400, $"0: {zero.Short}, 10: {ten.Short}");
    }

    private static async Task<Answer> ListingAsync(Scene scene, CancellationToken stop)
    {
        var (pages, schemas, isThere) = (0, 0, false);
        string? token = null;
        do
        {
            var page = await scene.Product.ListAsync(SecurableType.Schema, scene.Catalog, token, new CallMeter(), stop);
            (pages, schemas, token) = (pages + 1, schemas + page.Items.Count, page.NextPageToken);
            isThere |= page.Items.Any(item => item.Securable == scene.Schema);
        }
        while (token is not null);

        return Answer.If(isThere, $"{(isThere ? "among" : "not among")} {schemas} schemas on {pages} pages");
    }

    private static async Task<Answer> MissingAsync(Scene scene, SecurableType type, string assumed, CancellationToken stop)
    {
        var missing = type == SecurableType.Schema
            ? Securable.Schema(scene.Schema.Parts[0], scene.Schema.Parts[1] + "_missing")
            : scene.Named(type, "missing");
        var answer = await scene.Raw.GetAsync(Routes.Of(missing), stop);
        if (answer is { Status: 429 or 401 or >= 500 })
        {
            throw new NotAskedException(answer.Long);
        }

        return Answer.If(
            answer.Short == assumed && answer.Meaning?.Code == SyncErrorCode.SecurableNotFound,
            $"{answer.Short}, which the client takes for {(answer.Meaning is { } meaning ? WireNames.Of(meaning.Code) : "a success")}");
    }

    private static async Task<Answer> MissingPermissionsAsync(Scene scene, CancellationToken stop)
    {
        try
        {
            return Answer.If(holds: false, scene.Show(await scene.ReadAsync(scene.Named(SecurableType.Table, "missing"), stop)));
        }
        catch (SyncException e) when (e.Code is not (SyncErrorCode.Throttled or SyncErrorCode.Unavailable or SyncErrorCode.CredentialsRefused))
        {
            return Answer.If(e.Code == SyncErrorCode.SecurableNotFound, $"{WireNames.Of(e.Code)}: {e.Message}");
        }
    }

    private static async Task<Answer> LowerCaseAsync(Scene scene, CancellationToken stop)
    {
        var name = scene.Schema.Parts[1] + "_CAPITALS";
        var schema = Securable.Schema(scene.Schema.Parts[0], name);
        await scene.Made.CreateAsync(schema, new() { ["name"] = name, ["catalog_name"] = scene.Schema.Parts[0] }, stop);
        var shown = (await scene.Raw.GetAsync(Routes.Of(schema), stop)).Required("reading the schema").Text("name");
        return Answer.If(shown == schema.Name, shown == schema.Name ? "shown in lower case" : "shown with capitals");
    }

    private static async Task<Answer> EscapedAsync(Scene scene, CancellationToken stop)
    {
        var schema = Securable.Schema(scene.Schema.Parts[0], scene.Schema.Parts[1] + "_ü%2f#");
        try
        {
            await scene.MakeAsync(schema, stop);
        }
        catch (NotAskedException e)
        {
            return Answer.If(holds: false, e.Message);
        }

        var facts = await scene.Product.GetAsync(schema, new CallMeter(), stop);
        var read = await scene.ReadAsync(schema, stop);
        return Answer.If(facts.Identity is not null && read.Count == 0, "made and read");
    }

    private static async Task<Answer> IdentityAsync(Scene scene, CancellationToken stop)
    {
        var schema = await scene.MakeAsync(Securable.Schema(scene.Schema.Parts[0], scene.Schema.Parts[1] + "_again"), stop);
        await scene.GrantAsync(schema, stop, Change.Add(scene.Cast.Self, Use));
        var first = await scene.Product.GetAsync(schema, new CallMeter(), stop);
        await scene.Made.RemoveNowAsync(schema, stop);
        await scene.MakeAsync(schema, stop);
        var second = await scene.Product.GetAsync(schema, new CallMeter(), stop);
        var (isEmpty, seen) = await scene.SettleAsync(schema, read => read.Count == 0, stop);
        return Answer.If(
            isEmpty && first.Identity is not null && first.Identity != second.Identity,
            first.Identity is null ? "no id" : first.Identity == second.Identity ? "the same id" : $"another id, {seen}");
    }

    private static async Task<Answer> TouchedAsync(Scene scene, CancellationToken stop)
    {
        await scene.ClearAsync(scene.Schema, stop);
        var before = (await scene.Raw.GetAsync(Routes.Of(scene.Schema), stop)).Required("reading the schema").Scalar("updated_at");
        await scene.GrantAsync(scene.Schema, stop, Change.Add(scene.Cast.Self, Use));
        await scene.SettleAsync(scene.Schema, read => read.Count > 0, stop);
        var after = (await scene.Raw.GetAsync(Routes.Of(scene.Schema), stop)).Required("reading the schema");
        var moved = long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var then)
            && long.TryParse(after.Scalar("updated_at"), NumberStyles.None, CultureInfo.InvariantCulture, out var now) && now > then;
        var by = after.Text("updated_by");
        return Answer.If(
            moved && string.Equals(by, scene.Cast.Self, StringComparison.OrdinalIgnoreCase),
            $"the time {(moved ? "moved" : "stayed")}, updated_by is {(string.IsNullOrEmpty(by) ? "absent" : scene.Cast.Label(by))}");
    }

    private static async Task<Answer> EffectiveAsync(Scene scene, CancellationToken stop)
    {
        var model = await scene.LeafAsync(SecurableType.Model, stop);
        await scene.ClearAsync(model, stop);
        await scene.ClearAsync(scene.Schema, stop);
        await scene.GrantAsync(scene.Schema, stop, Change.Add(scene.Cast.Self, Privilege.AllPrivileges, Use));
        await scene.GrantAsync(model, stop, Change.Add(Cast.Everyone, "EXECUTE"));
        await scene.SettleAsync(scene.Schema, read => read.Count == 1, stop);
        await scene.SettleAsync(model, read => read.Count == 1, stop);

        var expected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var level in new[] { model, scene.Schema, scene.Catalog })
        {
            var from = level == model ? "" : $" from {level.Type.PathType()}";
            // BROWSE is not shown as inherited, and a deleted principal has no name to compare by.
            expected.UnionWith(
                from one in await scene.ReadAsync(level, stop)
                where !one.IsDeletedPrincipal
                from privilege in one.Privileges
                where level == model || privilege != "BROWSE"
                select $"{one.Principal} {privilege}{from}");
        }

        var shown = await ReadEffectiveAsync(scene, model, stop);
        var (missing, extra) = (expected.Except(shown).ToList(), shown.Except(expected).ToList());
        return Answer.If(missing.Count + extra.Count == 0, missing.Count + extra.Count == 0
            ? $"the same {expected.Count} entries"
            : $"of {expected.Count} entries {missing.Count} are missing{Example(missing)}, and {extra.Count} are shown besides{Example(extra)}");

        string Example(List<string> entries) => entries.Count == 0 ? ""
            : $" ({Anonymous(entries[0])})";

        // The principal comes first and may hold spaces; privilege and container do not.
        string Anonymous(string entry)
        {
            var words = entry.Split(' ');
            var rest = words.Length > 2 && words[^2] == "from" ? words[^3..] : words[^1..];
            return $"{scene.Cast.Label(string.Join(' ', words[..^rest.Length]))} {string.Join(' ', rest)}";
        }
    }

    private static async Task<HashSet<string>> ReadEffectiveAsync(Scene scene, Securable securable, CancellationToken stop)
    {
        var shown = new HashSet<string>(StringComparer.Ordinal);
        string? token = null;
        do
        {
            var page = (await scene.Raw.GetAsync(
                $"{Routes.EffectivePermissions(securable)}?max_results=0{(token is null ? "" : $"&page_token={Uri.EscapeDataString(token)}")}", stop))
                .Required("reading effective permissions");
            shown.UnionWith(
                from one in page.Items("privilege_assignments")
                let principal = (string?)one["principal"] ?? ""
                where principal.Length > 0
                from privilege in one["privileges"]?.AsArray() ?? []
                let container = (string?)privilege["inherited_from_type"]
                select $"{principal} {(string?)privilege["privilege"]}{(string.IsNullOrEmpty(container) ? "" : $" from {container.ToLowerInvariant()}")}");
            token = page.Text("next_page_token") is { Length: > 0 } next ? next : null;
        }
        while (token is not null);

        return shown;
    }

    private static async Task<Answer> TokenRefusedAsync(Scene scene, CancellationToken stop)
    {
        var answer = await scene.Raw.GetAsAsync(AccessToken.From("dapi00000000000000000000000000000000", "the check"), $"{Routes.Scim}/Me", stop);
        return answer.Status is 429 or >= 500 ? throw new NotAskedException(answer.Long)
            : Answer.If(
                answer.Error is { } error && Adapters.Workspaces.Errors.ErrorTable.RefusesToken(error),
                answer.IsSuccess ? "accepted" : answer.Status == 401 ? "401" : answer.Long);
    }

    private static async Task<Answer> TokenEndpointAsync(Scene scene, CancellationToken stop)
    {
        var answer = (await scene.Raw.GetAsAsync(null, Routes.TokenEndpoint, stop)).Required("the workspace's OAuth metadata");
        var assumed = new Uri(scene.Options.Host!, "/oidc/v1/token").ToString();
        return Answer.If(answer.Text("token_endpoint") == assumed, answer.Text("token_endpoint") ?? "no token_endpoint");
    }

    private static async Task<Answer> BrowseAsync(Scene scene, CancellationToken stop)
    {
        if (scene.Arguments.ReaderTokenFile is not { } path)
        {
            throw new NotAskedException("needs a second credential: --reader-token-file");
        }

        var reader = AccessToken.From(await SecretFile.ReadAsync(path, "the file of --reader-token-file", stop), "the file of --reader-token-file");
        await scene.ClearAsync(scene.Schema, stop);
        await scene.GrantAsync(scene.Schema, stop, Change.Add(scene.Cast.Self, Use));
        var seen = (await scene.Raw.GetAsAsync(reader, $"{Routes.Of(scene.Schema)}?include_browse=true", stop)).Required("the second credential's view of the schema");
        if (!string.Equals(seen.Scalar("browse_only"), "true", StringComparison.OrdinalIgnoreCase))
        {
            throw new NotAskedException("the second credential sees the schema by more than BROWSE");
        }

        var answer = await scene.Raw.GetAsAsync(reader, $"{Routes.Permissions(scene.Schema)}?max_results=0", stop);
        return answer.Status is 401 or 429 or >= 500 ? throw new NotAskedException(answer.Long)
            : Answer.If(answer.Status == 403, answer.IsSuccess ? $"{answer.Status}, {answer.Items("privilege_assignments").Count()} rows" : answer.Short);
    }
}
