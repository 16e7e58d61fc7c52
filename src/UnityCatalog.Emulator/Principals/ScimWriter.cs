using System.Globalization;

namespace UnityCatalog.Emulator.Principals;

/// <summary>Writes principals as SCIM resources, restricted to the attributes asked for.</summary>
internal sealed class ScimWriter(string? attributes, string? excluded)
{
    private readonly HashSet<string>? _wanted = Parse(attributes);
    private readonly HashSet<string>? _unwanted = Parse(excluded);

    public ScimResource Write(Principal principal) => new()
    {
        Schemas = [$"urn:ietf:params:scim:schemas:core:2.0:{ResourceType(principal)}"],
        Id = Text(principal.Id),
        UserName = UserName(principal),
        ApplicationId = principal.Kind == PrincipalKind.ServicePrincipal && Shows("applicationId") ? principal.Name : null,
        DisplayName = Shows("displayName") ? principal.DisplayName : null,
        ExternalId = Shows("externalId") ? principal.ExternalId : null,
        Active = !principal.IsGroup && Shows("active") ? principal.Active : null,
        Emails = principal.Kind == PrincipalKind.User && Shows("emails")
            ? [new ScimReference(principal.Name, Type: "work", Primary: true)]
            : null,
        Members = principal.Members.Count > 0 && Shows("members") ? [.. principal.Members.Select(Reference)] : null,
        Groups = principal.Groups.Count > 0 && Shows("groups") ? [.. principal.Groups.Select(Reference)] : null,

        // Tells an account group from one that only the workspace knows (reference §1.5).
        Meta = principal.IsGroup && Shows("meta")
            ? new ScimMeta(principal.Kind == PrincipalKind.Group ? "Group" : "WorkspaceGroup")
            : null,
    };

    /// <summary>The caller about itself: a service principal's userName is its application id.</summary>
    public ScimResource WriteMe(Principal caller) => Write(caller) with { UserName = Shows("userName") ? caller.Name : null };

    public static string CollectionOf(Principal principal) => principal.Kind switch
    {
        PrincipalKind.User => "Users",
        PrincipalKind.ServicePrincipal => "ServicePrincipals",
        _ => "Groups",
    };

    private string? UserName(Principal principal) =>
        principal.Kind == PrincipalKind.User && Shows("userName") ? principal.Name : null;

    private bool Shows(string attribute) =>
        (_wanted is null || _wanted.Contains(attribute)) && _unwanted?.Contains(attribute) != true;

    private static ScimReference Reference(Principal principal) =>
        new(Text(principal.Id), principal.DisplayName, "direct") { Ref = $"{CollectionOf(principal)}/{Text(principal.Id)}" };

    private static string ResourceType(Principal principal) => CollectionOf(principal).TrimEnd('s');

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);

    /// <summary>A sub-attribute, for example <c>members.value</c>, requests its attribute.</summary>
    private static HashSet<string>? Parse(string? list) => string.IsNullOrEmpty(list)
        ? null
        : list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(name => name.Split('.')[0])
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
}
