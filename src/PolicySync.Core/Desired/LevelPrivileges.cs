using PolicySync.Core.Policies;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Desired;

/// <summary>Which privileges mean something at a level of the service definition.</summary>
internal static class LevelPrivileges
{
    // Between them they have every privilege that any kind of table has.
    private static readonly string[] TableKinds = ["MANAGED", "MATERIALIZED_VIEW"];

    /// <summary>
    /// Whether an object of the level, or something below it, can have the privilege. A column has what its table has; an
    /// unknown privilege or level is assumed to be possible.
    /// </summary>
    public static bool CanHave(string level, string accessType) =>
        !WireNames.TryParse<SecurableType>(level == RangerResources.Column ? WireNames.Of(SecurableType.Table) : level, out var type)
        || KindsOf(type).Any(kind => PrivilegeMatrix.Of(type, kind, accessType) != Applicability.NotApplicable);

    private static string[] KindsOf(SecurableType type) => type == SecurableType.Table ? TableKinds : [""];
}
