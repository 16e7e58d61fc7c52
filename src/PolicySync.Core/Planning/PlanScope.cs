using PolicySync.Core.Privileges;

namespace PolicySync.Core.Planning;

/// <summary>The part of the difference that a run removes (specification §3.6, §4).</summary>
public enum PlanScope
{
    /// <summary>All of it: a leaf, or a container without children to be done.</summary>
    Full,

    /// <summary>
    /// A container before its children: everything but the removal of USE_*. Counts and reports those removals too, so that the
    /// revoke limit applies before anything is written.
    /// </summary>
    BeforeChildren,

    /// <summary>A container after its children: the removal of USE_* only. Reports no gap again.</summary>
    AfterChildren,

    /// <summary>A parent before a leaf: granting USE_*, nothing else of the container.</summary>
    UseAdditionsOnly,

    /// <summary>A parent after a leaf: revoking USE_* that the service granted, in every mode that revokes.</summary>
    UseRemovalsOnly,
}

/// <summary>What each scope means.</summary>
internal static class PlanScopes
{
    public static bool IsUseOnly(this PlanScope scope) => scope is PlanScope.UseAdditionsOnly or PlanScope.UseRemovalsOnly;

    /// <summary>Whether the scope considers the privilege, so that leaving it is a gap.</summary>
    public static bool Considers(this PlanScope scope, string privilege) => !scope.IsUseOnly() || Privilege.IsUse(privilege);

    public static bool Adds(this PlanScope scope) => scope is not (PlanScope.AfterChildren or PlanScope.UseRemovalsOnly);

    public static bool Removes(this PlanScope scope, string privilege) => scope switch
    {
        PlanScope.Full => true,
        PlanScope.BeforeChildren => !Privilege.IsUse(privilege),
        PlanScope.UseAdditionsOnly => false,
        _ => Privilege.IsUse(privilege),
    };

    /// <summary>Whether a removal counts for the revoke limit: removals of this run and of the one that belongs to it.</summary>
    public static bool Weighs(this PlanScope scope, string privilege) =>
        scope is PlanScope.BeforeChildren || scope.Removes(privilege);

    /// <summary>Whether gaps are reported: the run before the children does, the one after them would repeat it.</summary>
    public static bool Reports(this PlanScope scope) => scope.Adds();
}
