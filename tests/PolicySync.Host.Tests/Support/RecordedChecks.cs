using PolicySync.Grains.Checks;

namespace PolicySync.Host.Tests.Support;

/// <summary>A silo with a check of each kind.</summary>
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
}
