using PolicySync.Core.Access;
using PolicySync.Core.Desired;
using PolicySync.Core.Errors;
using PolicySync.Core.Explaining;
using PolicySync.Core.Planning;
using PolicySync.Core.Principals;
using PolicySync.Core.Records;
using PolicySync.Core.Reports;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Core.Workspaces;
using PolicySync.Grains.Checks;
using PolicySync.Grains.Policies;
using PolicySync.Grains.PolicyWatch;
using PolicySync.Grains.Workspaces;
using PolicySync.Grains.Principals;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Resources.Indexing;
using PolicySync.Grains.SyncTasks;
using PolicySync.Grains.Verification;

namespace PolicySync.Grains.Tests.Recorded;

/// <summary>
/// One value of each type and each call that processes send each other. What is recorded of them stays; a member that is
/// added later is left at its default here, as in bytes that are older than it.
/// </summary>
internal static class WireSamples
{
    private static readonly DateTimeOffset Time = new(2026, 11, 24, 21, 0, 0, 123, TimeSpan.Zero);
    private static readonly Guid Activation = new("0c988377-784d-4323-ad2b-c0a9d031c40d");
    private static readonly Securable Table = Securable.Table("main", "sales", "zamówienia");
    private static readonly ResourceChange Change = new(ChangeAction.SetMask, "ann@x.io", "SELECT", "e_mail", 7, "masks");
    private static readonly Gap Gap = new(GapCode.GroupExpanded, GapDirection.Withheld, "sales", "SELECT", "ann is denied", 9);
    private static readonly ExternalChange External = new(ChangeAction.Revoke, "eve@x.io", "SELECT", 5, "12", "mallory@x.io", Time);
    private static readonly PlannedCall Planned = new("PATCH", "/path", "{}") { AfterChildren = true };
    private static readonly SecurableFacts Facts = new(Table, "MANAGED", "ann@x.io", "id-1") { ChangedBy = "bob@x.io", ChangedAt = Time };
    private static readonly RunTicket Ticket = new(Activation, 7);
    private static readonly ExcessGrant Excess = new(Securable.Catalog("main"), "ann@x.io", "SELECT");
    private static readonly PolicyBaselineWire Baseline = new(41, "stamp", 100, 3);
    private static readonly PolicySetWire Set = new(41, "stamp", Time, Time.AddSeconds(1)) { Packed = [31, 139, 8], Failure = "POLICIES_SHRANK: lost" };
    private static readonly AcceptedTask Accepted = new("""{"type":"RESOURCE_SYNC"}"""u8.ToArray(), Time);
    private static readonly BudgetReport Report = new(Activation, 1.5, 2, 3.25, 4, 5, 6);
    private static readonly BudgetLease Lease = new(2.5, 3, TimeSpan.FromSeconds(4), 12);
    private static readonly BudgetUse Use = new(50, 42.5, 61.25, 16, 9, 31, 2);

    private static readonly ListedPrincipal Listed = new("Ann@x.io", PrincipalKind.User, ["all", "staff"]);

    private static readonly CheckResult Checked = new("rights", CheckStatus.Warn, "not known", "Mend it.");
    private static readonly CheckResults Checks = new([Checked, new CheckResult("storage", CheckStatus.Ok, "answers", null)]);

    private static readonly AccessReport Access = new()
    {
        Type = "table", FullName = "main.sales.zamówienia", Kind = "VIEW", Owner = "own", ReadTime = Time.UtcDateTime, PolicyVersion = 41,
        Principals =
        [
            new PrincipalAccess("ann@x.io", PrincipalKind.ServicePrincipal,
                [
                    new HeldPrivilege("SELECT",
                        [new HeldPath(AccessPath.Inherited, "staff", true, "ALL_PRIVILEGES", "catalog", "main", GrantOrigin.Ours, 7, "p", "12", Time.UtcDateTime)],
                        new PolicyOpinion(PolicyVerdict.Withheld, 7, "p", GapCode.GroupExpanded, "why"), GapDirection.Exposed),
                ],
                [new MissingUse("USE_CATALOG", "catalog", "main")]),
        ],
        PrincipalCount = 2, Gaps = [Gap], GapCount = 3, Changes = [Change], ChangeCount = 4, Unread = ["x"], Calls = 5, After = "ann@x.io",
    };

    private static readonly Explanation Explained = new(
        new ExplainedPrincipal("ann@x.io", PrincipalKind.User), "SELECT", new ExplainedSecurable("table", "main.sales.zamówienia", "VIEW", "own"), Time.UtcDateTime, 41, "why",
        new ExplainedPolicy(PolicyAnswer.Withheld, "because", GapCode.GroupExpanded, ExplainedVerdict.Allowed, 7, "p", ExplainedEnd.AllowedByPriority)
        {
            Zone = "z", StepCount = 3,
            Steps =
            [
                new ExplainedStep(7, "p", 1, true, ExplainedVerdict.Allowed, true, true)
                {
                    Tag = "pii", TaggedObject = "main.sales", Match = ExplainedMatch.Above, Holds = ExplainedTruth.Unknown, GivenBy = ExplainedPart.Allow,
                    Conditions = [new ExplainedCondition("c", ExplainedTruth.False)],
                    Items =
                    [
                        new ExplainedItem(ExplainedPart.DenyException, 2, ExplainedNaming.Role, "r", [new MemberLink("staff", MemberSource.RangerUserStore)])
                        {
                            Holds = ExplainedTruth.True, Applies = true, Conditions = [new ExplainedCondition("d", ExplainedTruth.True)],
                        },
                    ],
                },
            ],
            NotAsked = [new UnaskedStep(8, "q", ExplainedAbsence.OtherZone, "y", "fin", ExplainedVerdict.Denied)],
            Grants = [new WantedGrant("staff", "ALL_PRIVILEGES", 7, "p", [new MemberLink("staff", MemberSource.Directory)])],
        })
    {
        Guards = [new ExplainedGuard(ExplainedGuardKind.ColumnMask, "name", 9, "m", "NULL", true, "main.g.f")],
        UnityCatalog = new ExplainedAccess(
            true,
            [
                new ExplainedPath(AccessPath.Inherited, "staff", [new MemberLink("staff", MemberSource.Directory)], "SELECT", "schema", "main.sales", GrantOrigin.Foreign)
                {
                    PolicyId = 7, PolicyName = "p", TaskId = "12", Since = Time.UtcDateTime,
                },
            ],
            [new MissingUse("USE_CATALOG", "catalog", "main")], Time.UtcDateTime, ["x"]),
        Difference = GapDirection.Exposed, Changes = [Change], Gaps = [Gap], Notes = ["n"],
    };

    private static readonly TaskView View = new(
        SyncTaskStatus.Failed, SyncTaskOutcome.Partial, "1 of 2 failed", Time, Time.AddSeconds(3), 41, true, 2, 2, 1, 1, 0, 4);

    // With what grew later.
    private static readonly TaskView Cancelled = View with { Total = 9, Drifted = 3, CancelTime = Time, CancelBy = "ann" };

    private static readonly RunRequest Request = new()
    {
        Securable = Table, Scope = RunScope.AfterChildren, DryRun = true, AllowRevoke = true, Facts = Facts, ParentsDone = true,
        TaskId = 383723451704366752, IsDue = true, LapsedAt = Time, IsBulk = true,
    };

    private static readonly ResourceResult Result = new()
    {
        Type = "table", FullName = "main.sales.zamówienia", Status = ResourceStatus.Failed, Message = "after 60 s",
        Changes = [Change], ChangeCount = 2_000, Gaps = [Gap], GapCount = 3_000,
        Error = new ResultError(SyncErrorCode.NotVerified, "after 60 s"), Calls = 5, StartTime = Time, EndTime = Time.AddSeconds(1),
        PolicyVersion = 41, ValidUntil = Time.AddDays(1), ExternalChanges = [External], ExternalChangeCount = 4,
        PlannedCalls = [Planned], PlannedCallCount = 2, Drifted = true,
    };

    private static readonly RestoreRequest Restored = new() { Securable = Table, Kind = RecordKind.Parked, Identity = "id-1", Content = "{}", DryRun = true };
    private static readonly RestoreReply RestoredReply = new(RestoreOutcome.SetAside, "another object has this name now");

    private static readonly RunReply Reply = new()
    {
        Ticket = Ticket, Phase = RunPhase.Throttled, Result = Result, UseRemovalsPending = true, Excess = [Excess], StalePolicies = true,
        IsTimed = true, LapsedAt = Time,
    };

    /// <summary>By alias.</summary>
    public static IReadOnlyDictionary<string, object> Types { get; } = new Dictionary<string, object>(StringComparer.Ordinal)
    {
        ["ps.accepted-task"] = Accepted,
        ["ps.access-query"] = new AccessQuery { Principal = "ann@x.io", Privilege = "SELECT", HoldersOnly = true, After = "amy@x.io", Count = 7 },
        ["ps.access-report"] = Access,
        ["ps.budget-lease"] = Lease,
        ["ps.budget-report"] = Report,
        ["ps.budget-use"] = Use,
        ["ps.change"] = Change,
        ["ps.excess-grant"] = Excess,
        ["ps.grant-adoption"] = new GrantAdoption("eve@x.io", "MODIFY", "ann"),
        ["ps.external-change"] = External,
        ["ps.check-result"] = Checked,
        ["ps.check-results"] = Checks,
        ["ps.gap"] = Gap,
        ["ps.guard-function"] = new GuardFunctionState { FullName = "main.g.mask_1", Column = "ssn", PolicyId = 3, PolicyName = "p" },
        ["ps.ledger"] = new Ledger("id-1", [new LedgerEntry { Principal = "ann@x.io", Privilege = "SELECT", TaskId = "7" }]),
        ["ps.listed-principal"] = Listed,
        ["ps.planned-call"] = Planned,
        ["ps.policy-baseline-state"] = new PolicyBaselineState { Version = 41, Stamp = "stamp", EnabledPolicies = 100, EnabledTagPolicies = 3 },
        ["ps.policy-baseline-wire"] = Baseline,
        ["ps.policy-set"] = Set,
        ["ps.refused-part"] = new RefusedPart { Principal = "ann@x.io", Privilege = "MANAGE", IsRevoke = true, At = Time, Reason = "HTTP 403" },
        ["ps.refused-privilege"] = new RefusedPrivilege { At = Time, PolicyVersion = 41, Kind = "VIEW" },
        ["ps.resource-state"] = new ResourceState
        {
            Ledger = new Ledger("id-1", [new LedgerEntry { Principal = "ann@x.io", Privilege = "SELECT", TaskId = "7" }]),
            Epoch = 3, OpenIntentOf = Activation, IntentScope = RunScope.UseRemovals, LastWrite = Time, RecheckAt = Time.AddMinutes(1),
            Refused = { ["ghost"] = Time }, RefusedPrivileges = { ["MODIFY"] = new RefusedPrivilege { At = Time, PolicyVersion = 41, Kind = "VIEW" } },
            PolicyVersion = 41, LastVerified = Time, DueAt = Time.AddDays(1),
            GuardFunctions = [new GuardFunctionState { FullName = "main.g.mask_1", Column = "ssn", PolicyId = 3, PolicyName = "p" }],
            IntentLasts = TimeSpan.FromSeconds(60),
        },
        ["ps.explain-question"] = new ExplainQuestion("ann@x.io", "SELECT"),
        ["ps.explanation"] = Explained,
        ["ps.restore-reply"] = RestoredReply,
        ["ps.restore-request"] = Restored,
        ["ps.result"] = Result,
        ["ps.run-reply"] = Reply,
        ["ps.run-request"] = Request,
        ["ps.run-ticket"] = Ticket,
        ["ps.securable"] = Table,
        ["ps.securable-facts"] = Facts,
        ["ps.sync-exception"] = new SyncException(SyncErrorCode.Throttled, "HTTP 429")
        {
            RetryAfter = TimeSpan.FromSeconds(3), OutcomeUnknown = true, ServerCode = "TOO_MANY",
        },
        ["ps.seen-access"] = new SeenAccess
        {
            Securable = "table main.s.t", Rows = { ["p ann@x.io"] = "0123456789ab" }, Owner = "own",
            Foreign = [new SeenGrant { Principal = "eve@x.io", Privilege = "SELECT", Since = Time }],
        },
        ["ps.seen-grant"] = new SeenGrant { Principal = "eve@x.io", Privilege = "SELECT", Since = Time },
        ["ps.task-view"] = View,
        ["ps.policy-watch-progress"] = new PolicyWatchProgress(Time, 41, "too much"),
        ["ps.policy-watch-state"] = new PolicyWatchState { Baseline = "0123456789ab", Target = "cdef01234567" },
        ["ps.verify-state"] = new VerifyState { Began = Time, IsOpen = true, Tasks = [1, 2] },
    };

    /// <summary>By aliases of interface and method: what is passed, and what comes back (null: nothing).</summary>
    public static IReadOnlyDictionary<string, (object[] Arguments, object? Answer)> Calls { get; } = new Dictionary<string, (object[], object?)>(StringComparer.Ordinal)
    {
        ["ps.doctor/budget"] = ([], Use),
        ["ps.doctor/check"] = ([], Checks),
        ["ps.due/sweep"] = ([], true),
        ["ps.policy-baseline/get"] = ([], Baseline),
        ["ps.policy-baseline/set"] = ([Baseline], null),
        ["ps.directory-reader/find"] = (["ann@x.io"], Listed),
        ["ps.policy-reader/read"] = (["stamp", true], Set),
        ["ps.resource/forget"] = (["id-1"], null),
        ["ps.resource/leave"] = ([Ticket], true),
        ["ps.resource/peek"] = (["id-1"], Types["ps.resource-state"]),
        ["ps.resource/restore"] = ([Restored], RestoredReply),
        ["ps.resource/run"] = ([Request, TimeSpan.FromSeconds(20)], Reply),
        ["ps.resource/wait"] = ([Ticket, TimeSpan.FromSeconds(20)], Reply),
        ["ps.sync-task/begin"] = ([Accepted], View),
        ["ps.sync-task/cancel"] = (["ann"], Cancelled),
        ["ps.sync-task/start"] = ([], View),
        ["ps.sync-task/view"] = ([], View),
        ["ps.sync-task/wait"] = ([TimeSpan.FromSeconds(4)], View),
        ["ps.policy-watch/state"] = ([], Types["ps.policy-watch-progress"]),
        ["ps.policy-watch/tick"] = ([], null),
        ["ps.verify/tick"] = ([], null),
        ["ps.watch/tick"] = ([], null),
        ["ps.workspace-budget/renew"] = ([Report], Lease),
        ["ps.workspace-budget/use"] = ([], Use),
    };
}
