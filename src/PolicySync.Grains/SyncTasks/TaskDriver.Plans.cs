using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Resources.Runs;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Plans, and tasks that carry them out. Such a task first makes a dry run of the same resources, of which nothing is stored, and compares
/// it with the plan. It writes only when nothing has moved, and then only what the plan shows.
/// </summary>
internal sealed partial class TaskDriver
{
    // The plan that this task carries out; null for any other task.
    private AgreedPlan? _agreed;

    // The dry run before; null when there is none, or when it has ended.
    private TaskDriver? _check;

    private string? Candidate => _record.Current.Request is { Type: TaskTypes.Plan, Plan: { } plan } ? plan.Candidate ?? "" : null;

    /// <summary>Reads the plan that this task carries out, and compares. Returns the end of the task when it must not be carried out.</summary>
    private async Task<SyncTask?> PreparePlanAsync()
    {
        if (_record.Current.Request is not { Type: TaskTypes.Apply, PlanId: { } plan })
        {
            return null;
        }

        await _record.PersistAsync(async () => _agreed = await AgreedPlan.ReadAsync(_services.Store, new TaskId(plan), _cancellation));
        return _agreed is null ? Fail(SyncErrorCode.PlanOutdated, "the plan is not kept any more; make a new plan")
            : Cursor.PlanChecked || _record.Current.Cancel is not null ? null
            : await CheckPlanAsync(_agreed);
    }

    private async Task<SyncTask?> CheckPlanAsync(AgreedPlan plan)
    {
        var check = new PlanCheck(plan);
        var task = _record.Current;
        _check = new TaskDriver(
            task with
            {
                Cursor = null,
                Progress = TaskProgress.None,
                Request = task.Request with { Type = TaskTypes.Plan, DryRun = true, PlanId = null, Plan = new PlanSource("", -1, "") },
            },
            _services.For(check), _stopping);
        await _check.RunAsync();
        var ended = _check.Current;
        _check = null;
        if (IsCancelled)
        {
            return Cancelled();
        }

        if (ended.Progress.Total != ended.Progress.Done)
        {
            return _record.Current with { Status = ended.Status, Outcome = ended.Outcome, Message = ended.Message }; // it ended as a whole
        }

        check.Complete();
        if (check.MovedCount > 0)
        {
            await _record.AddAsync(check.Moved);
            return Fail(SyncErrorCode.PlanOutdated, TaskMessages.Moved(check.MovedCount, $"{check.Moved[0].Type} {check.Moved[0].FullName}: {check.Moved[0].Message}"));
        }

        Cursor = Cursor with { PlanChecked = true };
        await _record.CheckpointAsync(); // before the first write: what is written then differs from the plan
        return null;
    }

    // The effect travels beside the result. One that is missing comes from a silo that does not know plans.
    private RunReply WithEffect(RunRequest request, RunReply reply)
    {
        if (request is { Candidate: null, Allowed: null } || reply.Result is not { Status: ResourceStatus.Success } result)
        {
            return reply;
        }

        return PlannedEffects.Read(reply.Effect) is { } effect
            ? reply with { Result = result with { Effect = request.Candidate is null ? null : effect } }
            : reply with
            {
                Result = FailureOf(request.Securable, SyncErrorCode.Unavailable, "a silo of an earlier build served this plan; repeat it when all silos have been upgraded"),
            };
    }
}
