using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.ContractCheck.Workspaces;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;

namespace PolicySync.ContractCheck.Probes;

/// <summary>Which principals a grant may name, and what happens with an unknown one.</summary>
internal static class PrincipalProbes
{
    private const string Use = "USE_SCHEMA";

    public static IReadOnlyList<Probe> All =>
    [
        new(new("principal-status", "Status and code of a grant to a principal that does not exist", "404 PRINCIPAL_DOES_NOT_EXIST",
            "nothing: the client goes by code and message, whatever the status"), StatusAsync),
        new(new("principal-recognised", "Whether the client recognises that refusal and the name in it", "PRINCIPAL_DOES_NOT_EXIST, with the name that was sent",
            "a grant to an unknown principal is left out and reported as a gap, and the others are made; otherwise every such securable fails, or costs one PATCH per principal"), RecognisedAsync),
        new(new("patch-atomic", "A PATCH that names a known and an unknown principal", "changes nothing",
            "nothing is lost if it changes something, because intent is written first and grants are read back; the emulator's behaviour"), AtomicAsync),
        new(new("split-converges", "Leaving out each principal that a refusal names, until the rest is accepted", "each refusal names a principal that was sent",
            "the PATCHes that a securable with several unknown principals costs"), SplitAsync),
        new(new("local-group", "A grant to the workspace's own group `admins`", "refused as an unknown principal",
            "PRINCIPAL_LOCAL gaps, which would be wrong on a workspace that accepts such grants"), LocalGroupAsync),
        new(new("group-case", "A grant to an account group in another case", "refused as an unknown principal",
            "groups are compared with case; on a workspace that ignores case the planner would see another group's grants"), GroupCaseAsync),
        new(new("email-case", "A grant to a user's e-mail in upper case", "accepted, and shown as in the directory",
            "users are compared without case; nothing if the sent case is shown"), EmailCaseAsync),
        new(new("self-name", "A grant to the service's own principal by the name that SCIM Me gives", "shown under that name",
            "the service's own rights are protected by that name in every mode"), SelfAsync),
        new(new("principal-id", "Whether assignments have principal_id, and a change may have one instead of a name", "present, and accepted",
            "grants of deleted principals can be removed only by id"), IdAsync),
        new(new("deleted-principals", "GET permissions of a schema with include_deleted_principals=true, and without it", "both accepted, with the same existing principals",
            "grants of deleted principals are read with this parameter and then revoked; without it they may never be shown"), DeletedAsync),
        new(new("group-kinds", "meta.resourceType of the directory's groups", "Group or WorkspaceGroup",
            "which groups are local to the workspace"), GroupKindsAsync),
    ];

    private static async Task<Answer> StatusAsync(Scene scene, CancellationToken stop)
    {
        var refusal = await NobodyAsync(scene, stop);
        return Answer.If(refusal is { Status: 404, Code: ServerCodes.PrincipalDoesNotExist }, refusal.Short);
    }

    private static async Task<Answer> RecognisedAsync(Scene scene, CancellationToken stop)
    {
        try
        {
            await scene.Product.UpdatePermissionsAsync(
                scene.Schema, [new PermissionChange(scene.Unknown(), null, [Use], [])], scene.Options.WriteTimeout, new CallMeter(), stop);
            return Answer.If(holds: false, "the grant was accepted");
        }
        catch (SyncException e) when (e.Code is SyncErrorCode.InvalidPlan or SyncErrorCode.SecurableNotFound)
        {
            return Answer.If(
                e.ServerCode == ServerCodes.PrincipalDoesNotExist && e.Subject == scene.Unknown(),
                e.Subject == scene.Unknown() ? $"{e.ServerCode}, with the name" : $"{e.ServerCode}, without the name: {e.Message}");
        }
    }

    private static async Task<Answer> AtomicAsync(Scene scene, CancellationToken stop)
    {
        await scene.ClearAsync(scene.Schema, stop);
        var both = (await scene.ChangeAsync(scene.Schema, stop, Change.Add(scene.Cast.Self, Use), Change.Add(scene.Unknown(), Use))).ToThePoint("the PATCH");
        if (both.IsSuccess)
        {
            return Answer.If(holds: false, "it was accepted");
        }

        var read = await scene.AfterMarkerAsync(scene.Schema, "CREATE_TABLE", stop);
        var isMade = Scene.Holds(read, scene.Cast.Self, Use);
        return Answer.If(!isMade, isMade ? $"{both.Short}, and the known principal got its grant" : $"{both.Short}, and nothing was changed");
    }

    private static async Task<Answer> SplitAsync(Scene scene, CancellationToken stop)
    {
        await scene.ClearAsync(scene.Schema, stop);
        List<string> left = [scene.Unknown(1), scene.Cast.Self, scene.Unknown(2)];
        for (var refusals = 0; refusals <= 2; refusals++)
        {
            var answer = (await scene.ChangeAsync(scene.Schema, stop, [.. left.Select(name => Change.Add(name, Use))])).ToThePoint("the PATCH");
            if (answer.IsSuccess)
            {
                var (isSo, seen) = await scene.SettleAsync(scene.Schema, read => Scene.HoldsExactly(read, scene.Cast.Self, Use), stop);
                return Answer.If(isSo && refusals == 2, $"through after {refusals} refusals: {seen}");
            }

            var subject = answer.Meaning?.Subject ?? "";
            if (subject == scene.Cast.Self || !left.Remove(subject))
            {
                return Answer.If(holds: false, $"a refusal names no principal that was sent: {answer.Long}");
            }
        }

        return Answer.If(holds: false, "refused again after both unknown principals were left out");
    }

    private static Task<Answer> LocalGroupAsync(Scene scene, CancellationToken stop) => UnknownAsync(scene, "admins", stop);

    private static async Task<Answer> GroupCaseAsync(Scene scene, CancellationToken stop)
    {
        var swapped = scene.Cast.AccountGroups.Select(group => (group, Other: Swap(group)))
            .FirstOrDefault(pair => pair.group != pair.Other && !scene.Cast.AccountGroups.Contains(pair.Other));
        return swapped.Other is { } other ? await UnknownAsync(scene, other, stop)
            : throw new NotAskedException("the directory lists no account group whose name has letters");
    }

    private static async Task<Answer> EmailCaseAsync(Scene scene, CancellationToken stop)
    {
        await scene.ClearAsync(scene.Schema, stop);
        var user = scene.Cast.Users.FirstOrDefault(user => Swap(user) != user) ?? throw new NotAskedException("the directory lists no user");
        var answer = (await scene.ChangeAsync(scene.Schema, stop, Change.Add(user.ToUpperInvariant(), Use))).ToThePoint("the grant");
        if (!answer.IsSuccess)
        {
            return Answer.If(holds: false, answer.Short);
        }

        var (isSo, _) = await scene.SettleAsync(scene.Schema, read => read.Any(one => one.Principal == user), stop);
        return Answer.If(isSo, isSo ? "accepted, and shown as in the directory" : "accepted, and not shown as in the directory");
    }

    private static async Task<Answer> SelfAsync(Scene scene, CancellationToken stop)
    {
        await scene.ClearAsync(scene.Schema, stop);
        var answer = (await scene.ChangeAsync(scene.Schema, stop, Change.Add(scene.Cast.Self, Use))).ToThePoint("the grant");
        if (!answer.IsSuccess)
        {
            return Answer.If(holds: false, answer.Short);
        }

        var (isSo, seen) = await scene.SettleAsync(scene.Schema, read => Scene.HoldsExactly(read, scene.Cast.Self, Use), stop);
        return Answer.If(isSo, isSo ? "shown under that name" : seen);
    }

    private static async Task<Answer> IdAsync(Scene scene, CancellationToken stop)
    {
        await scene.ClearAsync(scene.Schema, stop);
        await scene.GrantAsync(scene.Schema, stop, Change.Add(scene.Cast.Self, Use));
        await scene.SettleAsync(scene.Schema, read => read.Count > 0, stop);
        if ((await scene.ReadAsync(scene.Schema, stop)) is not [{ PrincipalId: { } id }])
        {
            return Answer.If(holds: false, "assignments carry no principal_id");
        }

        var answer = (await scene.ChangeAsync(scene.Schema, stop, new Change(null, [], [Use], id))).ToThePoint("the change");
        var (isSo, _) = await scene.SettleAsync(scene.Schema, read => read.Count == 0, stop);
        return Answer.If(answer.IsSuccess && isSo, answer.IsSuccess
            ? isSo ? "present, and accepted" : "accepted, and nothing was removed"
            : $"carried, and refused: {answer.Short}");
    }

    private static async Task<Answer> DeletedAsync(Scene scene, CancellationToken stop)
    {
        await scene.ClearAsync(scene.Schema, stop);
        await scene.GrantAsync(scene.Schema, stop, Change.Add(scene.Cast.Self, Use));
        await scene.SettleAsync(scene.Schema, read => read.Count > 0, stop);
        var (asked, unasked) = (new List<string>(), new List<string>());
        foreach (var on in new[] { scene.Schema, scene.Catalog })
        {
            foreach (var (query, names) in new[] { ("?max_results=0&include_deleted_principals=true", asked), ("?max_results=0", unasked) })
            {
                var answer = (await scene.Raw.GetAsync(Routes.Permissions(on) + query, stop)).ToThePoint("the grants");
                if (!answer.IsSuccess)
                {
                    return Answer.If(holds: false, answer.Short);
                }

                names.AddRange(answer.Items("privilege_assignments").Select(one => (string?)one["principal"] ?? ""));
            }
        }

        // Of a catalog with many grants this is the first page, which may hold others each time.
        var deleted = asked.Count(name => name.Length == 0);
        var isSame = unasked.Contains(scene.Cast.Self, StringComparer.OrdinalIgnoreCase) == asked.Contains(scene.Cast.Self, StringComparer.OrdinalIgnoreCase)
            && unasked.Count(name => name.Length > 0) == asked.Count - deleted;
        return Answer.If(isSame, isSame
            ? $"both accepted; {deleted} deleted are shown when asked for, {unasked.Count(name => name.Length == 0)} when not"
            : $"{asked.Count - deleted} principals with it, {unasked.Count(name => name.Length > 0)} without");
    }

    private static Task<Answer> GroupKindsAsync(Scene scene, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (scene.Cast.Groups.Count == 0)
        {
            throw new NotAskedException("the directory lists no group");
        }

        var kinds = scene.Cast.Groups.Select(group => Cast.Kind(group) ?? "none").Distinct().Order(StringComparer.Ordinal).ToList();
        return Task.FromResult(Answer.If(kinds.TrueForAll(kind => kind is "Group" or "WorkspaceGroup"), string.Join(", ", kinds)));
    }

    private static async Task<RawAnswer> NobodyAsync(Scene scene, CancellationToken stop) =>
        (await scene.ChangeAsync(scene.Schema, stop, Change.Add(scene.Unknown(), Use))).ToThePoint("the grant");

    private static async Task<Answer> UnknownAsync(Scene scene, string principal, CancellationToken stop)
    {
        var answer = (await scene.ChangeAsync(scene.Schema, stop, Change.Add(principal, Use))).ToThePoint("the grant");
        return Answer.If(answer.Meaning?.ServerCode == ServerCodes.PrincipalDoesNotExist, answer.IsSuccess ? "accepted" : answer.Short);
    }

    // Upper case, or lower case where that is what it has.
    private static string Swap(string name) => name.ToUpperInvariant() is var upper && upper != name ? upper : name.ToLowerInvariant();
}
