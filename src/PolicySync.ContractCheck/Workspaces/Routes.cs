using PolicySync.Adapters.UnityCatalog;
using PolicySync.Core.Securables;

namespace PolicySync.ContractCheck.Workspaces;

/// <summary>Paths of the workspace, relative to its address.</summary>
internal static class Routes
{
    public const string UnityCatalog = "api/2.1/unity-catalog";
    public const string Scim = "api/2.0/preview/scim/v2";
    public const string Statements = "api/2.0/sql/statements";
    public const string TokenEndpoint = "oidc/.well-known/oauth-authorization-server";

    public static string Collection(Securable securable) => $"{UnityCatalog}/{SecurableReader.Collection(securable.Type)}";

    public static string Of(Securable securable) => $"{Collection(securable)}/{Name(securable)}";

    public static string Permissions(Securable securable) => Permissions(securable.Type.PathType(), securable);

    public static string Permissions(string pathType, Securable securable) => $"{UnityCatalog}/permissions/{pathType}/{Name(securable)}";

    public static string EffectivePermissions(Securable securable) => $"{UnityCatalog}/effective-permissions/{securable.Type.PathType()}/{Name(securable)}";

    private static string Name(Securable securable) => Uri.EscapeDataString(securable.FullName);
}
