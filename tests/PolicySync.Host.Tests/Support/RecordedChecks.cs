using PolicySync.Grains.Checks;
using PolicySync.Grains.Workspaces;

namespace PolicySync.Host.Tests.Support;

/// <summary>A silo with a check of each kind, and a budget that was lowered.</summary>
internal sealed class RecordedChecks(Func<Task> before) : IDoctorGrain
{
    public async Task<CheckResults> CheckAsync()
    {
        await before();
        return new CheckResults(
        [
            CheckResult.Ok("storage", "answers"), CheckResult.Warn("warehouse", "not set", "Set it."), CheckResult.Fail("policies", "no answer", "Mend it."),
            CheckResult.Skip("rights", "no catalog"),
        ]);
    }

    public async Task<BudgetUse> BudgetAsync()
    {
        await before();
        return new BudgetUse(50, 42.5, 61.24, 16, 9, 31, 2);
    }
}
