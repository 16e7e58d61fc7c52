using PolicySync.Client;
using PolicySync.Ui.Http;

namespace PolicySync.Ui.Plans;

/// <summary>When the page offers to apply a plan. Whether it may be applied is up to the API.</summary>
internal static class PlanRules
{
    public static bool MayBeApplied(Plan plan, PageView view) =>
        view.Viewer.MayAct && plan.Outcome is not null && plan.Failures.Count == 0 && plan.ExpireTime > view.Now
        && plan.Summary is { Securables: > 0 };
}
