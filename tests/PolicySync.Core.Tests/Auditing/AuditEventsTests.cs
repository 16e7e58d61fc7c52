using PolicySync.Core.Auditing;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Testing;

namespace PolicySync.Core.Tests.Auditing;

/// <summary>The form of each event: the examples of docs/audit.md, which <c>POLICYSYNC_UPDATE=1</c> writes.</summary>
public sealed class AuditEventsTests
{
    private const string Trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly AuditEvents Events = new("policysync-prod", "dbc-1.cloud.databricks.com");
    private static readonly Securable Table = Securable.Parse(SecurableType.Table, "main.sales.orders");
    private static readonly string Page = Path.Combine(Repository.Root, "docs", "audit.md");

    private static readonly SyncTask Task = new()
    {
        Id = new TaskId(7_000_000_000_000_000_001),
        Request = new SyncRequest { Type = "RESOURCE_SYNC", Resources = [], Subject = "airflow", Event = new SyncEvent { Id = "e-1", Source = "airflow" } },
        CreateTime = Now.AddSeconds(-3), EndTime = Now, Status = SyncTaskStatus.Failed, Outcome = SyncTaskOutcome.Partial, PolicyVersion = 12,
        Failures = [new TaskFailure("table", "main.sales.returns", SyncErrorCode.PermissionDenied, "not MANAGE")],
    };

    private static readonly AuditChange Grant = new()
    {
        TaskId = Task.Id.ToString(), Type = SecurableType.Table, FullName = "main.sales.orders", Identity = "3f0e2a3c-0000-4000-8000-000000000001",
        Sequence = 4, Number = 0, Writer = "a", Action = ChangeAction.Grant, Principal = "ann@corp.com", PrincipalKind = PrincipalKind.User, Privilege = "SELECT",
        PolicyId = 17, PolicyName = "sales read", PolicyVersion = 12, Mode = "OWNED",
    };

    private static readonly AuditChange Mask = Grant with
    {
        Sequence = 5, Action = ChangeAction.SetMask, Principal = null, PrincipalKind = null, Privilege = null, Column = "ssn",
        After = "main.policysync_guards.mask_1", PolicyId = 18, PolicyName = "hide ssn",
    };

    [Fact]
    public void Each_event_has_the_documented_form()
    {
        AuditEvent[] made =
        [
            Events.OfChange(Grant, Task, 4711, Now, recovered: false, Trace),
            Events.OfChange(Mask, Task, null, Now, recovered: true, null),
            Events.OfEnd(Task, Now, null),
            Events.OfAccepted(new PolicyBaseline(12, "b", 40), new PolicyBaseline(11, "a", 39), Now),
            Events.OfRefused("c", 13, new PolicyBaseline(12, "b", 40), new SyncException(SyncErrorCode.PoliciesUnavailable, "the policies lost 40 of 40"), Now),
            Events.OfDrift(Table, Grant.Identity, new ExternalChange(ChangeAction.Grant, "eve@corp.com", "SELECT", null, null, "root@corp.com", Now), Task.Id.ToString(), Task, Now, null),
        ];

        Assert.Equal(AuditEvents.Types, made.Select(one => one.Type));
        var lines = File.ReadAllLines(Page).ToList();
        if (Environment.GetEnvironmentVariable("POLICYSYNC_UPDATE") == "1")
        {
            var first = lines.FindIndex(IsExample);
            lines.RemoveAll(IsExample);
            lines.InsertRange(first, made.Select(one => one.Json));
            File.WriteAllLines(Page, lines);
        }

        Assert.Equal(string.Join('\n', lines.Where(IsExample)), string.Join('\n', made.Select(one => one.Json)));
    }

    private static bool IsExample(string line) => line.StartsWith("{\"specversion\"", StringComparison.Ordinal);

    [Fact]
    public void The_id_of_a_change_differs_between_securables_intents_and_changes_and_nothing_else()
    {
        AuditChange[] others = [Grant with { FullName = "main.sales.returns" }, Grant with { Type = SecurableType.Volume }, Grant with { Sequence = 5 }, Grant with { Number = 1 }, Grant with { TaskId = "1" }];

        Assert.Equal(6, others.Append(Grant).Select(change => change.Id).Distinct().Count());
        Assert.Equal(Grant.Id, (Grant with { Writer = "b", MissingSince = Now }).Id);
    }

    [Fact]
    public void Changes_are_the_same_after_they_were_stored()
    {
        Assert.Equal([Grant, Mask], AuditChange.Parse(AuditChange.ToText([Grant, Mask])));
        Assert.Null(AuditChange.ToText([]));
        Assert.Empty(AuditChange.Parse(null));
    }

    [Theory]
    [InlineData("ann@corp.com", "SELECT", true)]
    [InlineData("ANN@corp.com", "SELECT", true)]
    [InlineData("ann@corp.com", "MODIFY", false)]
    [InlineData("bob@corp.com", "SELECT", false)]
    public void A_grant_stands_when_a_read_has_it_and_a_revoke_when_none_has(string principal, string privilege, bool has)
    {
        var facts = new SecurableFacts(Table, "TABLE", null, null);
        IReadOnlyList<Assignment> read = [new Assignment(principal, null, [privilege])];

        Assert.Equal(has, Grant.IsShownBy(facts, read));
        Assert.Equal(!has, (Grant with { Action = ChangeAction.Revoke }).IsShownBy(facts, read));
    }

    [Fact]
    public void A_repeat_does_the_same_to_the_same()
    {
        Assert.True(Grant.Repeats(Grant with { Sequence = 9, TaskId = "1", Principal = "Ann@Corp.com" }));
        Assert.False(Grant.Repeats(Grant with { Action = ChangeAction.Revoke }));
        Assert.False(Grant.Repeats(Grant with { Identity = "another object" }));
        Assert.False(Mask.Repeats(Mask with { Column = "name" }));
    }
}
