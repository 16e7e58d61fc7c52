using PolicySync.Core.Privileges;
using PolicySync.Core.Reports;
using PolicySync.Core.Securables;
using UnityCatalog.Emulator.Permissions;
using UnityCatalog.Emulator.State;
using PrivilegeMatrix = PolicySync.Core.Privileges.PrivilegeMatrix;
using Securable = UnityCatalog.Emulator.Catalog.Securable;

namespace PolicySync.Sequences.Tests.Judging;

/// <summary>Compares an answer about access with what the emulator gives.</summary>
internal static class AccessComparison
{
    // Unity Catalog does not show BROWSE of a container as inherited, and the emulator does not.
    private const string Browse = "BROWSE";

    /// <summary>Privileges that are compared on a securable.</summary>
    public static IEnumerable<string> PrivilegesOf(SecurableType type, string kind) =>
        PrivilegeMatrix.ApplicableTo(type, kind).Where(name => name is not (Privilege.AllPrivileges or Browse));

    /// <summary>Compares each user and privilege; returns how many were compared, and how many of them are access.</summary>
    public static (int Cells, int Held) Compare(
        Workspace workspace, Securable securable, IEnumerable<string> users, SecurableType type, AccessReport report, string context)
    {
        var (cells, held) = (0, 0);
        var privileges = PrivilegesOf(type, report.Kind!).ToList();
        foreach (var user in users)
        {
            var caller = new Caller(workspace, workspace.Principals.FindForGrant(user)!);
            var told = report.Principals.FirstOrDefault(principal => principal.Principal == user);
            foreach (var privilege in privileges)
            {
                var has = caller.Holds(securable, privilege);
                Assert.True(has == (told?.Privileges.Any(one => one.Privilege == privilege) ?? false),
                    $"{context}: {user} {(has ? "has" : "does not have")} {privilege}, and the answer says otherwise: {told}");
                (cells, held) = (cells + 1, held + (has ? 1 : 0));
            }

            if (type == SecurableType.Table && caller.Holds(securable, Privilege.Select))
            {
                Assert.True((caller.WhyUnreadable(securable) is null) == (told!.MissingUse is null), $"{context}: {user}: {told}");
            }
        }

        return (cells, held);
    }
}
