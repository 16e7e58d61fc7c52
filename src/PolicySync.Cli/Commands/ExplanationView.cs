using PolicySync.Cli.Output;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary>Writes an explanation as an outline, from the answer down to the items of policies.</summary>
internal sealed class ExplanationView(Printer printer)
{
    public void Show(Explanation explained)
    {
        printer.Outline(0, $"{explained.Principal.Name}: {explained.Privilege} on {explained.Securable.Type} {explained.Securable.FullName}");
        printer.Outline(1, $"policy: {Printer.Name(explained.Policy.Decision)}: {explained.Policy.Reason}");
        if (explained.UnityCatalog is { } access)
        {
            printer.Outline(1, $"Unity Catalog: {(access.Has ? "gives it" : "does not give it")}");
            printer.Outline(1, $"difference: {(explained.Difference is { } difference ? Printer.Name(difference) : "none")}");
        }

        Show(explained.Policy);
        ShowAccess(explained);
        ShowList("Row filter and masks for the principal", explained.Guards, Guard);
        ShowList("Gaps", explained.Gaps, gap => $"{Printer.Name(gap.Direction)} {gap.Code} {gap.Principal} {gap.Privilege}: {gap.Detail}");
        ShowList("A sync would", explained.Changes, change => $"{Printer.Name(change.Action)} {change.Privilege} of {change.Principal}{Policy(change.PolicyId, change.PolicyName, " by ")}");
        ShowList("Notes", explained.Notes, note => note);
    }

    private void Show(ExplainedPolicy policy)
    {
        printer.Line();
        printer.Outline(0, $"Policies{(policy.Zone is { } zone ? $" of security zone {zone}" : "")}, in the order in which they are asked");
        foreach (var (index, step) in policy.Steps.Index())
        {
            Show(index + 1, step);
        }

        printer.Outline(1, policy.Steps.Count == 0 ? "none names the securable" : $"end: {End(policy.End)}");
        if (policy.StepCount > policy.Steps.Count)
        {
            printer.Outline(1, $"{policy.StepCount - policy.Steps.Count} more policies name the securable");
        }

        ShowList("Policies without a part in the decision", policy.NotAsked, unasked =>
            $"{Policy(unasked.PolicyId, unasked.PolicyName)}{Tag(unasked.Tag, null)}: {Absence(unasked)}"
            + (unasked.WouldSay == ExplainedVerdict.None ? "" : $"; it would say {Printer.Name(unasked.WouldSay)}"));
        ShowList("Grants that policy wants", policy.Grants, grant =>
            $"{grant.Privilege} to {grant.Principal}{Path(grant.Path)}{Policy(grant.PolicyId, grant.PolicyName, ", by ")}");
    }

    private void Show(int number, ExplainedStep step)
    {
        printer.Outline(1, $"{number}. {Policy(step.PolicyId, step.PolicyName)}{Tag(step.Tag, step.TaggedObject)}{(step.Priority > 0 ? ", overrides" : "")}"
            + $": {(step.Asked ? Printer.Name(step.Verdict) : "not asked")}{(step.Decides ? ", decides" : "")}");
        if (step is { Asked: true, Holds: ExplainedTruth.False or ExplainedTruth.Unknown })
        {
            printer.Outline(2, $"the policy {Truth(step.Holds.Value)}");
        }

        foreach (var condition in step.Conditions)
        {
            printer.Outline(2, $"{condition.Description}: {Truth(condition.Holds)}");
        }

        foreach (var item in step.Items)
        {
            printer.Outline(2, $"{Part(item.Part)} item {item.Index} names {Named(item)}{Path(item.Path)}{(item.Applies ? "" : ": does not apply")}");
            foreach (var condition in item.Conditions)
            {
                printer.Outline(3, $"{condition.Description}: {Truth(condition.Holds)}");
            }
        }

        if (step.GivenBy == ExplainedPart.DenyAllElse)
        {
            printer.Outline(2, "it denies what it does not allow");
        }
    }

    private void ShowAccess(Explanation explained)
    {
        if (explained.UnityCatalog is not { } access)
        {
            return;
        }

        ShowList("Paths in Unity Catalog", access.Paths, path =>
            (path.Path == AccessPath.Ownership ? $"{path.Grantee} owns {path.Type} {path.FullName}" : $"{path.Grantee} holds {path.Granted} on {path.Type} {path.FullName}")
            + Path(path.Members)
            + (path.Origin == GrantOrigin.Foreign ? ", not granted by this service" : Policy(path.PolicyId, path.PolicyName, ", by "))
            + (path.TaskId is { } task ? $", task {task}" : ""));
        ShowList("It cannot be used without", access.MissingUse, use => $"{use.Privilege} on {use.Type} {use.FullName}");
        ShowList("Not read", access.Unread, unread => unread);
    }

    private void ShowList<T>(string title, IReadOnlyList<T> items, Func<T, string> text)
    {
        if (items.Count == 0)
        {
            return;
        }

        printer.Line();
        printer.Outline(0, title);
        foreach (var item in items)
        {
            printer.Outline(1, text(item));
        }
    }

    private static string Guard(ExplainedGuard guard) =>
        (guard.Kind switch
        {
            ExplainedGuardKind.RowFilter => $"row filter: {guard.Shows}",
            ExplainedGuardKind.DeniedColumn => $"column {guard.Column}: denied",
            _ => $"column {guard.Column}: {guard.Shows}",
        }) + Policy(guard.PolicyId, guard.PolicyName, ", by ") + (guard.InForce ? ", in force" : ", not in force");

    private static string Policy(long? id, string? name, string before = "") =>
        id is null && name is null ? "" : $"{before}policy {id}{(name is null ? "" : $" `{name}`")}";

    private static string Tag(string? tag, string? on) => tag is null ? "" : $" for tag {tag}{(on is null ? "" : $" of {on}")}";

    private static string Path(IReadOnlyList<MemberLink> path) => path.Count == 0 ? ""
        : $" (member of {string.Join(", in ", path.Select(link => link.Source switch
        {
            MemberSource.RangerRole => $"role {link.Name}",
            MemberSource.RangerUserStore => $"{link.Name} by Ranger's user store",
            MemberSource.RoleAsGroup => $"{link.Name} as a role",
            _ => link.Name,
        }))})";

    private static string Named(ExplainedItem item) => item.NamedBy switch
    {
        ExplainedNaming.Public => "everyone",
        ExplainedNaming.AnyUser => "any user",
        ExplainedNaming.Owner => "the owner",
        ExplainedNaming.Group => $"group {item.Name}",
        ExplainedNaming.Role => $"role {item.Name}",
        _ => item.Name ?? "",
    };

    private static string Part(ExplainedPart part) => part switch
    {
        ExplainedPart.Allow => "allow",
        ExplainedPart.Deny => "deny",
        ExplainedPart.AllowException => "allow exception",
        _ => "deny exception",
    };

    private static string Truth(ExplainedTruth truth) => truth switch
    {
        ExplainedTruth.True => "holds",
        ExplainedTruth.False => "does not hold",
        _ => "cannot be evaluated, which counts against access",
    };

    private static string Absence(UnaskedStep unasked) => unasked.Reason switch
    {
        ExplainedAbsence.Disabled => "disabled",
        ExplainedAbsence.OutsideSchedule => "outside its schedule",
        ExplainedAbsence.TagOutsideSchedule => "the tag is outside its validity",
        ExplainedAbsence.NamesWhatLiesBelow => "it names what lies below",
        _ => unasked.Zone is { } zone ? $"of security zone {zone}" : "outside security zones",
    };

    private static string End(ExplainedEnd end) => end switch
    {
        ExplainedEnd.Denied => "a deny is final",
        ExplainedEnd.Allowed => "an allow is final, as no policy that can deny follows at its priority",
        ExplainedEnd.AllowedByPriority => "an allow is final, as the policies that follow have a lower priority",
        ExplainedEnd.DeniedByTag => "a deny of a tag policy is final, as the policies that follow do not have a higher priority",
        ExplainedEnd.TagDenialRemains => "no allow of a higher priority is final, so the deny of a tag policy remains",
        _ => "every policy was asked",
    };
}
