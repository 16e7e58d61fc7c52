using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.Principals;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Admin;

/// <summary>Principals and memberships.</summary>
internal static class PrincipalRoutes
{
    public static void Map(AdminTable admin, WorkspaceHost host) =>
        admin.Map("POST", "/principals", call => StateRoutes.Locked(host, workspace =>
        {
            Apply(workspace.Principals, call.Body(EmulatorJson.Shared.PrincipalChanges));
            return Reply.Empty();
        }));

    private static void Apply(PrincipalDirectory directory, PrincipalChanges changes)
    {
        foreach (var user in changes.Users ?? [])
        {
            directory.Add(PrincipalKind.User, user.UserName, user.DisplayName, user.Active, user.Id, user.ExternalId);
        }

        foreach (var service in changes.ServicePrincipals ?? [])
        {
            directory.Add(
                PrincipalKind.ServicePrincipal, service.ApplicationId, service.DisplayName, service.Active, service.Id, service.ExternalId);
        }

        AddGroups(directory, PrincipalKind.Group, changes.Groups);
        AddGroups(directory, PrincipalKind.WorkspaceGroup, changes.WorkspaceGroups);
        foreach (var change in changes.Members ?? [])
        {
            var group = Require(directory, change.Group);
            foreach (var member in change.Add ?? [])
            {
                directory.Join(group, Require(directory, member));
            }

            foreach (var member in change.Remove ?? [])
            {
                directory.Leave(group, Require(directory, member));
            }
        }

        foreach (var name in changes.Delete ?? [])
        {
            directory.Delete(Require(directory, name));
        }
    }

    private static void AddGroups(PrincipalDirectory directory, PrincipalKind kind, IReadOnlyList<GroupState>? groups)
    {
        foreach (var state in groups ?? [])
        {
            var group = directory.Add(kind, state.DisplayName, id: state.Id, externalId: state.ExternalId);
            foreach (var member in state.Members ?? [])
            {
                directory.Join(group, Require(directory, member));
            }
        }
    }

    private static Principal Require(PrincipalDirectory directory, string name) =>
        directory.FindAny(name) ?? throw Errors.NoSuchPrincipal(name);
}
