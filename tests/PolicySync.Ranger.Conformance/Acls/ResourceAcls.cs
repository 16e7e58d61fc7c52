using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;

namespace PolicySync.Ranger.Conformance.Acls;

/// <summary>The result of an ACL for one access of one principal. The numbers are Ranger's.</summary>
public enum AclAccess
{
    /// <summary>Denied.</summary>
    Denied = -1,

    /// <summary>Allowed.</summary>
    Allowed = 1,

    /// <summary>Only a request can decide.</summary>
    Conditional = 2,
}

/// <summary>One entry of an ACL.</summary>
/// <param name="Result">The result.</param>
/// <param name="IsFinal">Whether policies of lower priority could not change it.</param>
/// <param name="Policy">The policy that wrote it last, which need not be the one that decided.</param>
public sealed record AclEntry(AclAccess Result, bool IsFinal, RangerPolicy Policy);

/// <summary>A mask or row filter, in the order in which they are asked.</summary>
/// <param name="Users">Users.</param>
/// <param name="Groups">Groups; <c>public</c> is everyone.</param>
/// <param name="Roles">Roles.</param>
/// <param name="AccessTypes">Access types.</param>
/// <param name="DataMask">The mask; null for a row filter.</param>
/// <param name="RowFilter">The row filter; null for a mask.</param>
/// <param name="IsConditional">Whether only a request can decide if it applies.</param>
public sealed record AclItem(
    IReadOnlySet<string> Users,
    IReadOnlySet<string> Groups,
    IReadOnlySet<string> Roles,
    IReadOnlySet<string> AccessTypes,
    DataMaskInfo? DataMask,
    RowFilterInfo? RowFilter,
    bool IsConditional);

/// <summary>
/// Who has which access to a resource, by name. This is Ranger's published contract (RangerResourceACLs), not its
/// decision: a principal's groups and roles must still be combined, and a deny of a user may be hidden by an allow of
/// <c>public</c> in the same policy. To decide, evaluate.
/// </summary>
public sealed class ResourceAcls
{
    internal ResourceAcls(AclBuilder builder)
    {
        Users = builder.Users.ToEntries();
        Groups = builder.Groups.ToEntries();
        Roles = builder.Roles.ToEntries();
        DataMasks = builder.DataMasks;
        RowFilters = builder.RowFilters;
    }

    /// <summary>User to access type to entry.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, AclEntry>> Users { get; }

    /// <summary>Group to access type to entry.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, AclEntry>> Groups { get; }

    /// <summary>Role to access type to entry.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, AclEntry>> Roles { get; }

    /// <summary>Masks, for a resource that names a column.</summary>
    public IReadOnlyList<AclItem> DataMasks { get; }

    /// <summary>Row filters, for a resource that names a table.</summary>
    public IReadOnlyList<AclItem> RowFilters { get; }
}
