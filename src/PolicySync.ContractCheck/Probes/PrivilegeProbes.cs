using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.ContractCheck.Workspaces;
using PolicySync.Core.Grants;
using PolicySync.Core.Options;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;

namespace PolicySync.ContractCheck.Probes;

/// <summary>What adding and removing privileges does.</summary>
internal static class PrivilegeProbes
{
    private const string All = Privilege.AllPrivileges;
    private const string Manage = "MANAGE";
    private const string Use = "USE_SCHEMA";
    private const string Create = "CREATE_TABLE";

    /// <summary>What only one source says that tables have.</summary>
    // What one source alone names, or what is newer than the privilege model's version.
    private static readonly IReadOnlySet<string> Newer =
        new HashSet<string>(["READ_METADATA", "INSERT", "UPDATE", "DELETE"], StringComparer.Ordinal);

    private static readonly IReadOnlySet<string> Documented =
        PrivilegeMatrix.ApplicableTo(SecurableType.Table, "MANAGED").Where(name => !Newer.Contains(name)).ToHashSet(StringComparer.Ordinal);

    public static IReadOnlyList<Probe> List =>
    [
        new(new("owner-not-listed", "Grants on a schema that was just created", "none: an owner's rights are not listed",
            "an owner's rights are neither granted nor revoked"), OwnerAsync),
        new(new("read-after-write", "How long until a grant is readable", $"at most {new SyncOptions().VerifyTimeout.TotalSeconds:0} seconds",
            "Sync:VerifyTimeout: a run whose change is shown later ends NOT_VERIFIED"), LagAsync),
        new(new("patch-answer", "What the answer to a PATCH lists", "all assignments of the securable",
            "nothing: grants are read back; the emulator's behaviour"), PatchAnswerAsync),
        new(new("names-normalised", "A privilege sent as `use schema`", "accepted, and shown as USE_SCHEMA",
            "the planner compares names in upper case with underscores"), NormalisedAsync),
        new(new("remove-not-held", "Removing a privilege that is not held", "accepted, and changes nothing",
            "repeating a PATCH is harmless"), RemoveNotHeldAsync),
        new(new("add-and-remove", "Adding one privilege and removing another in one change", "accepted",
            "a securable costs one PATCH; if it is refused, the client removes and adds in two"), AddAndRemoveAsync),
        new(new("duplicate", "Adding and removing the same privilege in one change", "refused, and recognised as DUPLICATE_ADD_REMOVE",
            "the planner never sends it; the fall-back to two PATCHes is triggered by this refusal"), DuplicateAsync),
        new(new("all-beside", "ALL_PRIVILEGES and USE_SCHEMA held together", "both are shown, without expansion",
            "held privileges are distinguished from implied ones"), BesideAsync),
        new(new("all-removal", "Removing ALL_PRIVILEGES from a principal that also holds USE_SCHEMA and MANAGE", "also removes USE_SCHEMA and leaves MANAGE",
            "privileges granted beside a removed ALL_PRIVILEGES are added again in the same PATCH, and MANAGE is removed by name"), RemovalAsync),
        new(new("all-replaced", "Removing ALL_PRIVILEGES and adding USE_SCHEMA in one change", "leaves USE_SCHEMA",
            "removals take effect before additions; the other order would lose wanted privileges"), ReplacedAsync),
        new(new("inapplicable", "Granting READ_FILES on a schema", "refused, and recognised as PRIVILEGE_NOT_APPLICABLE with its name",
            "such a privilege is left out and reported as a gap, and the others are granted"), (scene, stop) => InapplicableAsync(scene, "READ_FILES", stop)),
        new(new("unknown-privilege", "Granting a privilege that does not exist", "refused, and recognised as PRIVILEGE_NOT_APPLICABLE with its name",
            "a privilege that is newer than the service's table, or misspelt in policy, is a gap and no failure"), (scene, stop) => InapplicableAsync(scene, "POLICYSYNC_CHECK", stop)),
        new(new("inherited-not-listed", "Grants of a model in a schema on which EXECUTE is granted", "none: inherited privileges are not listed",
            "direct grants are distinguished from inherited ones"), InheritedAsync),
        new(new("assignable-privileges", "securable_kind_manifest.assignable_privileges of a table", $"{string.Join(' ', Documented.Order(StringComparer.Ordinal))}, with or without READ_METADATA and the parts of MODIFY",
            "the service's own table of applicable privileges; it never reads this list"), AssignableAsync),
    ];

    private static async Task<Answer> OwnerAsync(Scene scene, CancellationToken stop)
    {
        var schema = await scene.MakeAsync(Securable.Schema(scene.Schema.Parts[0], scene.Schema.Parts[1] + "_owned"), stop);
        var read = await scene.ReadAsync(schema, stop);
        return Answer.If(read.Count == 0, scene.Show(read));
    }

    private static async Task<Answer> LagAsync(Scene scene, CancellationToken stop)
    {
        var longest = new SyncOptions().VerifyTimeout;
        await scene.ClearAsync(scene.Schema, stop);
        await scene.GrantAsync(scene.Schema, stop, Change.Add(scene.Cast.Self, Use));
        var began = scene.Time.GetTimestamp();
        var (isSo, _) = await scene.SettleAsync(
            scene.Schema, read => Scene.Holds(read, scene.Cast.Self, Use), stop, scene.Arguments.Patience < longest ? scene.Arguments.Patience : longest);
        var took = scene.Time.GetElapsedTime(began);
        return Answer.If(isSo, isSo ? $"{took.TotalSeconds:0.0} seconds" : $"not within {took.TotalSeconds:0} seconds");
    }

    private static async Task<Answer> PatchAnswerAsync(Scene scene, CancellationToken stop)
    {
        await scene.ClearAsync(scene.Schema, stop);
        await scene.GrantAsync(scene.Schema, stop, Change.Add(scene.Cast.Self, Use));
        await scene.SettleAsync(scene.Schema, read => read.Count == 1, stop);
        var answer = (await scene.ChangeAsync(scene.Schema, stop, Change.Add(Cast.Everyone, Use))).Required("a grant to `account users`");
        var named = answer.Items("privilege_assignments").Select(one => (string?)one["principal"] ?? "").ToList();
        return Answer.If(
            named.Count == 2 && named.Contains(scene.Cast.Self, StringComparer.OrdinalIgnoreCase) && named.Contains(Cast.Everyone),
            named.Count == 0 ? "no assignments" : $"{string.Join(", ", named.Select(scene.Cast.Label))}, where self and account users hold something");
    }

    private static async Task<Answer> NormalisedAsync(Scene scene, CancellationToken stop)
    {
        await scene.ClearAsync(scene.Schema, stop);
        var answer = (await scene.ChangeAsync(scene.Schema, stop, Change.Add(scene.Cast.Self, "use schema"))).ToThePoint("the grant");
        if (!answer.IsSuccess)
        {
            return Answer.If(holds: false, answer.Short);
        }

        await scene.SettleAsync(scene.Schema, read => read.Count > 0, stop);
        // Not through the client, which normalises what it reads.
        var read = (await scene.Raw.GetAsync($"{Routes.Permissions(scene.Schema)}?max_results=0", stop)).Required("reading permissions");
        var shown = read.Items("privilege_assignments").SelectMany(one => (one["privileges"]?.AsArray() ?? []).Select(name => (string?)name)).ToList();
        return Answer.If(shown is [Use], $"shown as {string.Join(", ", shown)}");
    }

    private static async Task<Answer> RemoveNotHeldAsync(Scene scene, CancellationToken stop)
    {
        await scene.ClearAsync(scene.Schema, stop);
        var answer = (await scene.ChangeAsync(scene.Schema, stop, Change.Remove(scene.Cast.Self, Use))).ToThePoint("the removal");
        return Answer.If(answer.IsSuccess, answer.IsSuccess ? "accepted" : answer.Short);
    }

    private static async Task<Answer> AddAndRemoveAsync(Scene scene, CancellationToken stop)
    {
        await StandAsync(scene, stop, Use);
        var answer = (await scene.ChangeAsync(scene.Schema, stop, new Change(scene.Cast.Self, [Create], [Use]))).ToThePoint("the change");
        return answer.IsSuccess ? await ThenAsync(scene, stop, Create) : Answer.If(holds: false, answer.Long);
    }

    private static async Task<Answer> DuplicateAsync(Scene scene, CancellationToken stop)
    {
        var answer = (await scene.ChangeAsync(scene.Schema, stop, new Change(scene.Cast.Self, [Use], [Use]))).ToThePoint("the change");
        return Answer.If(answer.Meaning?.ServerCode == ServerCodes.DuplicateAddRemove, answer.IsSuccess ? "accepted" : answer.Long);
    }

    private static async Task<Answer> BesideAsync(Scene scene, CancellationToken stop)
    {
        await scene.ClearAsync(scene.Schema, stop);
        await scene.GrantAsync(scene.Schema, stop, Change.Add(scene.Cast.Self, All, Use));
        return await ThenAsync(scene, stop, All, Use);
    }

    private static async Task<Answer> RemovalAsync(Scene scene, CancellationToken stop)
    {
        await StandAsync(scene, stop, All, Use, Manage);
        var answer = (await scene.ChangeAsync(scene.Schema, stop, Change.Remove(scene.Cast.Self, All))).ToThePoint("the removal");
        return answer.IsSuccess ? await ThenAsync(scene, stop, Manage) : Answer.If(holds: false, answer.Long);
    }

    private static async Task<Answer> ReplacedAsync(Scene scene, CancellationToken stop)
    {
        await StandAsync(scene, stop, All);
        var answer = (await scene.ChangeAsync(scene.Schema, stop, new Change(scene.Cast.Self, [Use], [All]))).ToThePoint("the change");
        return answer.IsSuccess ? await ThenAsync(scene, stop, Use) : Answer.If(holds: false, answer.Long);
    }

    private static async Task<Answer> InapplicableAsync(Scene scene, string privilege, CancellationToken stop)
    {
        var answer = (await scene.ChangeAsync(scene.Schema, stop, Change.Add(scene.Cast.Self, privilege))).ToThePoint("the grant");
        return Answer.If(
            answer.Meaning is { ServerCode: ServerCodes.PrivilegeNotApplicable } meaning && meaning.Subject == privilege,
            answer.IsSuccess ? "accepted" : answer.Meaning?.Subject is { } subject ? $"{answer.Short}, naming {subject}" : answer.Long);
    }

    private static async Task<Answer> InheritedAsync(Scene scene, CancellationToken stop)
    {
        var model = await scene.LeafAsync(SecurableType.Model, stop);
        await scene.ClearAsync(model, stop);
        await scene.ClearAsync(scene.Schema, stop);
        await scene.GrantAsync(scene.Schema, stop, Change.Add(scene.Cast.Self, "EXECUTE"));
        await scene.SettleAsync(scene.Schema, read => read.Count > 0, stop);
        var read = await scene.ReadAsync(model, stop);
        return Answer.If(read.Count == 0, scene.Show(read));
    }

    private static async Task<Answer> AssignableAsync(Scene scene, CancellationToken stop)
    {
        var table = await scene.LeafAsync(SecurableType.Table, stop);
        var answer = (await scene.Raw.GetAsync($"{Routes.Of(table)}?include_manifest_capabilities=true", stop)).Required("reading the table");
        var shown = ((answer.Body?["securable_kind_manifest"]?["assignable_privileges"])?.AsArray() ?? [])
            .Select(name => Privilege.Normalise((string?)name ?? "", SecurableType.Table)).Order(StringComparer.Ordinal).ToList();
        return shown.Count == 0 ? Answer.If(holds: false, "no such list")
            : Answer.If(Documented.SetEquals(shown.Where(name => !Newer.Contains(name))), string.Join(' ', shown));
    }

    // Makes these the only grants, and waits until they show.
    private static async Task StandAsync(Scene scene, CancellationToken stop, params string[] privileges)
    {
        await scene.ClearAsync(scene.Schema, stop);
        await scene.GrantAsync(scene.Schema, stop, Change.Add(scene.Cast.Self, privileges));
        if (await scene.SettleAsync(scene.Schema, read => Scene.HoldsExactly(read, scene.Cast.Self, privileges), stop) is { IsSo: false } other)
        {
            throw new NotAskedException($"the grants to begin with are not shown as made; seen: {other.Seen}");
        }
    }

    private static async Task<Answer> ThenAsync(Scene scene, CancellationToken stop, params string[] privileges)
    {
        var (isSo, seen) = await scene.SettleAsync(scene.Schema, read => Scene.HoldsExactly(read, scene.Cast.Self, privileges), stop);
        return Answer.If(isSo, seen);
    }
}
