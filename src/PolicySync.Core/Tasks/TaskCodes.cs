using PolicySync.Core.Errors;

namespace PolicySync.Core.Tasks;

/// <summary>A code of a task's results, with the words for people.</summary>
/// <param name="Name">The name on the wire.</param>
/// <param name="Meaning">What happened, in sentences.</param>
/// <param name="Remedy">What the caller or operator can do, in sentences.</param>
public sealed record TaskCode(string Name, string Meaning, string Remedy);

/// <summary>
/// The one home of what error codes and gap codes mean and what to do about them. The service shows them at <c>/problems</c>;
/// docs/api.md has the same tables.
/// </summary>
public static class TaskCodes
{
    /// <summary>The error codes, in the order of <see cref="SyncErrorCode"/>.</summary>
    public static IReadOnlyList<TaskCode> Errors { get; } = [.. Enum.GetValues<SyncErrorCode>().Select(Of)];

    /// <summary>The gap codes, in the order of <see cref="GapCode"/>.</summary>
    public static IReadOnlyList<TaskCode> Gaps { get; } = [.. Enum.GetValues<GapCode>().Select(Of)];

    /// <summary>Explains an error code.</summary>
    public static TaskCode Of(SyncErrorCode code)
    {
        var (meaning, remedy) = code switch
        {
            SyncErrorCode.Throttled => ("The workspace asked for fewer calls (HTTP 429).",
                "Lower `Workspace:RequestsPerSecond`, look for other clients of the same principal, and retry the task."),
            SyncErrorCode.Unavailable => ("No usable answer: HTTP 5xx, a lost connection, a time-out, or an answer that lacks required parts.",
                "Look for a proxy or a login page between the service and the workspace. Retry the task."),
            SyncErrorCode.NotVerified => ("A write was accepted and not shown within `Sync:VerifyTimeout`.",
                "Look in the audit log for another program that undoes it, or raise `Sync:VerifyTimeout`. Retry the task."),
            SyncErrorCode.StorageConflict => ("Another writer changed our stored state first.",
                "Check that two clusters do not share `Cluster:ServiceId` and storage. Retry the task."),
            SyncErrorCode.SecurableNotFound => ("The securable or one of its parents does not exist.",
                "Check the name, and that the service has USE on the containers."),
            SyncErrorCode.NotManaged => ("The securable is outside the managed set, or reserved.", "Change `Sync:Managed:Securables` if it should be synced."),
            SyncErrorCode.Unsupported => ("The task type, resource type or values are not supported.", "Send a type and values of the tables of this page."),
            SyncErrorCode.PermissionDenied => ("The service's principal lacks a right on the securable (HTTP 403).",
                "Grant it MANAGE on the catalog and USE on what lies above. Retry the task."),
            SyncErrorCode.RevokeGuard => ("The plan would revoke more than `Sync:MaxRevokeShare`.",
                "Check that no policy, role or group was lost. If the revokes are meant, send the task with `allowRevoke`."),
            SyncErrorCode.InvalidPlan => ("Unity Catalog rejected the change for a reason that a retry cannot cure.",
                "Read the message, which has its words. Report it with the request from a dry run."),
            SyncErrorCode.PoliciesUnavailable => ("The policy source could not be read within `Policies:MaxWait`.",
                "Mend the source; `reasons.policies` of `/health/ready` has the code. Retry the task."),
            SyncErrorCode.PoliciesShrank => ("A part of the policy input lost too much.",
                "Restore the part that the message names, or set `Policies:AllowShrink` to its version and restart."),
            SyncErrorCode.CredentialsRefused => ("The workspace refused the credentials for `Sync:RetryFor`.",
                "Renew the token or secret. A file is read again, a variable needs a restart. Retry the task."),
            SyncErrorCode.TooOld => ("The task reached `Tasks:MaxAge`.", "Raise the limit, or name schemas instead of the catalog. Retry the task."),
            SyncErrorCode.Internal => ("A defect of the service; the log holds the cause.", "Retry the task, and report the defect."),
            SyncErrorCode.Cancelled => ("The task was cancelled before this securable was done.", "Retry the task, or send a new one with the same resources."),
            SyncErrorCode.Suspended => ("A suspension covers the securable, so nothing is written on it.",
                "Wait for the end that the message names, or delete the suspension. Send the task again."),
            SyncErrorCode.PlanOutdated => ("Grants or policies have moved since the plan was made, so it is not carried out here.",
                "Make a new plan, read it, and apply that."),
            _ => throw new ArgumentOutOfRangeException(nameof(code), code, "has no words"),
        };
        return new TaskCode(WireNames.Of(code), meaning, remedy);
    }

    /// <summary>Explains a gap code.</summary>
    public static TaskCode Of(GapCode code)
    {
        var (meaning, remedy) = code switch
        {
            GapCode.GroupExpanded => ("A group has denied members. Its allowed members got the privilege individually.",
                "Sync again when members change, or make a group without the denied ones."),
            GapCode.GroupWithheld => ("A group has denied members and more others than `Principals:ExpandUpTo`. The privilege was withheld from the group.",
                "Make a group without the denied members, or raise the limit."),
            GapCode.MembershipUnknown => ("A deny, exception, filter or mask depends on a group whose members are not known.",
                "Let the service read SCIM groups, and check that the group exists in the account."),
            GapCode.PrincipalUnknown => ("Unity Catalog does not know the principal.",
                "Create it in the account, correct the policy, or map the name with `Principals:Map`."),
            GapCode.PrincipalLocal => ("The group is local to the workspace. Unity Catalog grants to account groups only.", "Create the group in the account."),
            GapCode.PrivilegeNotApplicable => ("This kind of securable does not have the privilege.", "Remove the privilege from the policy, or ignore the gap."),
            GapCode.ConditionUnsupported => ("A condition, script, expression or schedule cannot be evaluated.",
                "Write the policy without it. For a function in a filter or mask, `Sync:AllowedFunctions` may list it."),
            GapCode.PolicyFeatureUnsupported => ("A policy uses a feature that this version does not read, or has a part without effect.",
                "Correct the part of the policy that the detail names."),
            GapCode.ColumnNotExpressible => ("A policy is about named columns, and grants are on whole tables.",
                "Write the policy for whole tables, or set `Sync:MaskDeniedColumns`."),
            GapCode.OwnerMacro => ("An item names `{OWNER}`, which a grant cannot express.", "Name the principal; an owner has every privilege anyway."),
            GapCode.OwnerAccess => ("The owner of the object, or a metastore admin, has access by ownership that policy denies.",
                "Change the owner of the object, or the members of the admin group."),
            GapCode.InheritedAccess => ("A grant on a container reaches securables below it for which no policy gives the privilege.",
                "Sync the container; where it is not managed, revoke the grant there by hand."),
            GapCode.ContainerWithheld => ("A grant on a container was withheld because it would reach something that is denied below.",
                "Write the policy on tables (`*`) instead of on the container."),
            GapCode.ForeignGrant => ("Another program or person made a grant that no policy wants.",
                "Revoke it by hand, write a policy for it, or let mode `Exact` revoke it."),
            GapCode.GuardUnavailable => ("A row filter or column mask applies and cannot be set, so SELECT is withheld.",
                "Remove the reason that the detail gives, for example set `Workspace:WarehouseId`. Sync the table again."),
            GapCode.ParentNotManaged => ("USE on a parent is needed, and the parent is outside the managed set.", "Grant it by hand, or include the container in the managed set."),
            GapCode.GuardKept => ("A row filter or mask that policy no longer wants stays, because a restricted principal can still read.",
                "Take the access away that the detail names, then sync the table."),
            GapCode.GrantRefused => ("Unity Catalog refuses one grant (`WITHHELD`) or revoke (`EXPOSED`) and accepts the rest of the change.",
                "Grant or revoke it by hand, as an owner of the catalog where the detail asks for one."),
            GapCode.ForeignPolicy => ("An attribute-based policy of Unity Catalog gives a privilege that no Ranger policy gives.",
                "Change that policy in Unity Catalog, or write a Ranger policy that gives the same."),
            _ => throw new ArgumentOutOfRangeException(nameof(code), code, "has no words"),
        };
        return new TaskCode(WireNames.Of(code), meaning, remedy);
    }
}
