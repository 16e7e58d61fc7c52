using PolicySync.Core.Access;
using PolicySync.Core.Desired;
using PolicySync.Core.Errors;
using PolicySync.Core.Guards;
using PolicySync.Core.Explaining;
using PolicySync.Core.Planning;
using PolicySync.Core.Principals;
using PolicySync.Core.Reports;
using PolicySync.Core.Records;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;

namespace PolicySync.Host.Tests.Support;

/// <summary>
/// The grain of a securable. Something is recorded of the table `recorded` only; questions about `missing`, `refused` and `busy` are not
/// answered, each for another cause.
/// </summary>
internal sealed class SilentResource(string key) : IResourceGrain
{
    private static readonly GuardContent Masked = new(
        new GuardLayer([new GuardBranch { When = "is_admin()", Shows = "NULL" }]), [GuardLayer.ForAll("0", [])], "STRING");

    private static readonly ResourceState Recorded = new()
    {
        Ledger = new Ledger("id-1",
        [
            new LedgerEntry { Principal = "ann@x.io", Privilege = "SELECT", PolicyId = 7, PolicyName = "sales", TaskId = "77", GrantedAt = DateTimeOffset.UnixEpoch },
            new LedgerEntry { Principal = "gone", Deleted = true, PrincipalId = 5, Privilege = "MODIFY", TaskId = "78", GrantedAt = DateTimeOffset.UnixEpoch },
        ]),
        PolicyVersion = 41,
        LastWrite = DateTimeOffset.UnixEpoch,
        LastVerified = DateTimeOffset.UnixEpoch.AddSeconds(1),
        DueAt = DateTimeOffset.UnixEpoch.AddDays(1),
        GuardFunctions = [new GuardFunctionState { FullName = "main.g.mask_1", Column = "ssn", PolicyId = 8, PolicyName = "masks", Content = Masked.ToText() }],
    };

    public Task<ResourceState?> PeekAsync(string? identity) => Task.FromResult(key.EndsWith(".recorded", StringComparison.Ordinal) ? Recorded : null);

    public Task<RunReply> RunAsync(RunRequest request, TimeSpan patience) => request.Securable.Name == "broken" ? throw new InvalidOperationException("a defect") : Task.FromResult(new RunReply
    {
        Result = new ResourceResult
        {
            Type = ResourceResult.TypeOf(request.Securable), FullName = request.Securable.FullName, Status = ResourceStatus.Success, Message = "done",
            Error = request.Securable.Name switch
            {
                _ when request.Explain is { Privilege: "NOT_ONE" } => new ResultError(SyncErrorCode.Unsupported, "`NOT_ONE` is not a privilege"),
                "missing" => new ResultError(SyncErrorCode.SecurableNotFound, "there is no such table"),
                "refused" => new ResultError(SyncErrorCode.PermissionDenied, "databricks refused"),
                "busy" => new ResultError(SyncErrorCode.Throttled, "databricks is busy"),
                _ => null,
            },
        },
        Access = request.Access is { } query ? Answer(request, query) : null,
        Explanation = request.Explain is { } question ? Explain(request, question) : null,
        Adopted = request.Adopt is null || request.Securable.Name == "old" ? null : request.Securable.Name != "kept",
    });

    public Task<RunReply> WaitAsync(RunTicket ticket, TimeSpan patience) => throw new NotSupportedException();

    public Task<bool> LeaveAsync(RunTicket ticket) => throw new NotSupportedException();

    public Task ForgetAsync(string identity) => throw new NotSupportedException();

    public Task<RestoreReply> RestoreAsync(RestoreRequest request) => request.Securable.Name == "away"
        ? throw new SyncException(SyncErrorCode.Unavailable, "no silo")
        : Task.FromResult(request.Kind switch
        {
            _ when request.Securable.Name == "recreated" => new RestoreReply(RestoreOutcome.SetAside, "another object has this name now"),
            _ when request.DryRun => new RestoreReply(RestoreOutcome.Unchanged, null),
            _ => new RestoreReply(RestoreOutcome.Restored, null),
        });

    private static Explanation Explain(RunRequest request, ExplainQuestion question) => new(
        new ExplainedPrincipal(question.Principal, PrincipalKind.User), question.Privilege,
        new ExplainedSecurable(ResourceResult.TypeOf(request.Securable), request.Securable.FullName, "MANAGED", "own@x.io"),
        DateTime.UnixEpoch, 41, "policy does not give it",
        new ExplainedPolicy(PolicyAnswer.NotAllowed, "policy `sales` denies it to group `staff`", null, ExplainedVerdict.Denied, 7, "sales", ExplainedEnd.Denied)
        {
            StepCount = 1,
            Steps =
            [
                new ExplainedStep(7, "sales", 0, true, ExplainedVerdict.Denied, true, true)
                {
                    Holds = ExplainedTruth.True, GivenBy = ExplainedPart.Deny,
                    Items = [new ExplainedItem(ExplainedPart.Deny, 0, ExplainedNaming.Group, "staff", [new MemberLink("staff", MemberSource.Directory)]) { Holds = ExplainedTruth.True, Applies = true }],
                },
            ],
            NotAsked = [new UnaskedStep(8, "old", ExplainedAbsence.OutsideSchedule, null, null, ExplainedVerdict.Allowed)],
        })
    {
        UnityCatalog = new ExplainedAccess(
            true,
            [new ExplainedPath(AccessPath.Inherited, "staff", [new MemberLink("staff", MemberSource.Directory)], "SELECT", "schema", "main.s", GrantOrigin.Foreign)],
            [], DateTime.UnixEpoch, []),
        Difference = GapDirection.Exposed,
        Gaps = [new Gap(GapCode.InheritedAccess, GapDirection.Exposed, "staff", "SELECT", "why", 7)],
    };

    // Two principals, a page of one each.
    private static AccessReport Answer(RunRequest request, AccessQuery query) => new()
    {
        Type = ResourceResult.TypeOf(request.Securable), FullName = request.Securable.FullName, Kind = "MANAGED", Owner = "own@x.io",
        ReadTime = DateTime.UnixEpoch, PolicyVersion = 41, PrincipalCount = 2, Calls = 3, After = query.After is null ? "ann@x.io" : null,
        Principals =
        [
            new PrincipalAccess(query.After is null ? "ann@x.io" : "bob@x.io", PrincipalKind.User,
                [
                    new HeldPrivilege("SELECT",
                        [new HeldPath(AccessPath.Inherited, "staff", true, "ALL_PRIVILEGES", "schema", "main.s", GrantOrigin.Foreign, null, null, null, null)],
                        new PolicyOpinion(PolicyVerdict.Denied, 7, "sales"), GapDirection.Exposed),
                ],
                [new MissingUse("USE_CATALOG", "catalog", "main")]),
        ],
        Gaps = [new Gap(GapCode.InheritedAccess, GapDirection.Exposed, "ann@x.io", "SELECT", "why", 7)], GapCount = 1,
    };
}
