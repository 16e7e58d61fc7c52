using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Plans;

/// <summary>Changes of a plan as lines of a diff.</summary>
public static class PlanLines
{
    /// <summary>One change: <c>+</c> for what is given, <c>-</c> for what is taken back, <c>~</c> for a row filter or mask.</summary>
    public static string Of(ResourceChange change) => change.Action switch
    {
        ChangeAction.Grant => $"+ {change.Privilege} to {change.Principal}",
        ChangeAction.Revoke => $"- {change.Privilege} from {change.Principal}",
        ChangeAction.SetFilter => "~ set the row filter",
        ChangeAction.DropFilter => "~ drop the row filter",
        ChangeAction.SetMask => $"~ set the mask of {change.Column}",
        _ => $"~ drop the mask of {change.Column}",
    } + (change.PolicyName is { } policy ? $" (policy {policy})" : "");
}
