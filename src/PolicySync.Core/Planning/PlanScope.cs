using PolicySync.Core.Privileges;

namespace PolicySync.Core.Planning;

/// <summary>Which part of the difference one PATCH is to remove (specification §3.6, §4).</summary>
public enum PlanScope
{
    /// <summary>All of it: a leaf, or a container without children to be done.</summary>
    Full,

    /// <summary>
    /// A container before its children: everything but the removal of USE_*. Weighs and reports those removals too, so
    /// that the revoke limit holds before anything is written.
    /// </summary>
    BeforeChildren,

    /// <summary>A container after its children: the removal of USE_* only. Reports no gap again.</summary>
    AfterChildren,

    /// <summary>A parent before a leaf: USE_* to be granted, nothing else of the container.</summary>
    UseAdditionsOnly,

    /// <summary>A parent after a leaf: USE_* of our own to be revoked, in every mode that revokes.</summary>
    UseRemovalsOnly,
}

/// <summary>What each scope means.</summary>
internal static class PlanScopes
{
    public static bool IsUseOnly(this PlanScope scope) => scope is PlanScope.UseAdditionsOnly or PlanScope.UseRemovalsOnly;

    /// <summary>Whether the privilege is looked at, so that leaving it is a gap.</summary>
    public static bool Considers(this PlanScope scope, string privilege) => !scope.IsUseOnly() || Privilege.IsUse(privilege);

    public static bool Adds(this PlanScope scope) => scope is not (PlanScope.AfterChildren or PlanScope.UseRemovalsOnly);

    public static bool Removes(this PlanScope scope, string privilege) => scope switch
    {
        PlanScope.Full => true,
        PlanScope.BeforeChildren => !Privilege.IsUse(privilege),
        PlanScope.UseAdditionsOnly => false,
        _ => Privilege.IsUse(privilege),
    };

    /// <summary>Whether a removal counts for the revoke limit: those of this PATCH and of the one that belongs to it.</summary>
    public static bool Weighs(this PlanScope scope, string privilege) =>
        scope is PlanScope.BeforeChildren || scope.Removes(privilege);

    /// <summary>The first PATCH of a run tells of what stays; the second would tell it again.</summary>
    public static bool Reports(this PlanScope scope) => scope.Adds();
}
