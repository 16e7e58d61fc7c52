using System.Reflection;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Serialization;
using PolicySync.Core.Errors;
using PolicySync.Core.Planning;
using PolicySync.Core.Records;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Tests.Support;
using PolicySync.Grains.Waits;

namespace PolicySync.Grains.Tests;

/// <summary>Processes of two versions talk to each other during a rolling upgrade: what they say never changes, it only grows.</summary>
public sealed class WireContract
{
    // Enums travel as numbers.
    private static readonly Type[] Enums =
    [
        typeof(RunScope), typeof(RunPhase), typeof(SecurableType), typeof(ResourceStatus), typeof(ChangeAction),
        typeof(GapCode), typeof(GapDirection), typeof(SyncErrorCode), typeof(SyncTaskStatus), typeof(SyncTaskOutcome),
        typeof(WaitKind), typeof(RecordKind), typeof(RestoreOutcome),
    ];

    [Fact]
    public void Names_and_numbers_on_the_wire_are_those_of_the_golden_file()
    {
        // Where the test is run: what the golden file would be now, to be copied when something was added.
        File.WriteAllText(Path.Combine(AppContext.BaseDirectory, "Wire.now.txt"), Describe());

        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Wire.txt")), Describe(), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Every_grain_interface_method_and_serialised_type_has_a_name_of_its_own()
    {
        var types = typeof(GrainNames).Assembly.GetTypes();
        var grains = types.Where(IsGrainInterface).ToList();
        var named = types.Where(type => type.IsDefined(typeof(GenerateSerializerAttribute))).Concat(grains).ToList();

        Assert.All(named, type => Assert.NotNull(AliasOf(type)));
        Assert.All(grains.SelectMany(type => type.GetMethods()), method => Assert.NotNull(AliasOf(method)));
        Assert.Equal(named.Count, named.Select(AliasOf).Distinct().Count());
    }

    [Fact]
    public void A_reply_arrives_as_it_was_sent()
    {
        var sent = new RunReply
        {
            Ticket = new RunTicket(Guid.NewGuid(), 7),
            Phase = RunPhase.Done,
            UseRemovalsPending = true,
            StalePolicies = true,
            IsTimed = true,
            WaitsFor = WaitKind.Policies,
            Reason = "reason",
            LapsedAt = new DateTimeOffset(2026, 3, 1, 11, 0, 0, TimeSpan.Zero),
            Excess = [new ExcessGrant(Securable.Catalog("main"), "ann@corp.com", "SELECT")],
            Result = new ResourceResult
            {
                Type = "table",
                FullName = "main.a.t",
                Status = ResourceStatus.Failed,
                Message = "message",
                Changes = [new ResourceChange(ChangeAction.SetMask, "ann@corp.com", "SELECT", "column", 3, "policy")],
                ChangeCount = 2_000,
                Gaps = [new Gap(GapCode.OwnerAccess, GapDirection.Exposed, "bob@corp.com", "MODIFY", "detail", 4)],
                GapCount = 3_000,
                Error = new ResultError(SyncErrorCode.NotVerified, "error"),
                Calls = 5,
                StartTime = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
                EndTime = new DateTimeOffset(2026, 3, 1, 12, 0, 1, TimeSpan.Zero),
                PolicyVersion = 9,
                ValidUntil = new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero),
                ExternalChanges = [new ExternalChange(ChangeAction.Revoke, "eve@corp.com", "SELECT", 5, "12", "mallory@corp.com", new DateTimeOffset(2026, 3, 1, 12, 0, 2, TimeSpan.Zero))],
                ExternalChangeCount = 4_000,
                PlannedCalls = [new PlannedCall("PATCH", "/path", "{}") { AfterChildren = true }],
                PlannedCallCount = 2,
                Drifted = true,
            },
        };

        Assert.Equivalent(sent, RoundTrip(sent), strict: true);
    }

    [Fact]
    public void A_request_arrives_as_it_was_sent()
    {
        var table = Securable.Table("main", "a", "t");
        var sent = new RunRequest
        {
            Securable = table, Scope = RunScope.AfterChildren, DryRun = true, AllowRevoke = true, ParentsDone = true, TaskId = 12, IsDue = true, Share = "subject ann",
            LapsedAt = new DateTimeOffset(2026, 3, 1, 11, 0, 0, TimeSpan.Zero),
            Facts = new SecurableFacts(table, "MANAGED", "ann@corp.com", "id-1")
            {
                ChangedBy = "bob@corp.com", ChangedAt = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
            },
        };

        Assert.Equal(sent, RoundTrip(sent));
    }

    [Fact]
    public void An_expected_failure_arrives_with_its_code_message_and_times()
    {
        var sent = new SyncException(SyncErrorCode.Throttled, "HTTP 429")
        {
            RetryAfter = TimeSpan.FromSeconds(3), OutcomeUnknown = true, ServerCode = "TOO_MANY",
        };

        var got = Assert.IsType<SyncException>(RoundTrip<Exception>(sent));

        Assert.Equal((sent.Code, sent.Message, sent.RetryAfter, sent.OutcomeUnknown, sent.ServerCode),
            (got.Code, got.Message, got.RetryAfter, got.OutcomeUnknown, got.ServerCode));
    }

    [Fact]
    public void A_securables_state_moves_to_another_silo_whole()
    {
        var sent = new ResourceState
        {
            Ledger = new Ledger("id-1", [new LedgerEntry { Principal = "ann@corp.com", Privilege = "SELECT", TaskId = "7" }]),
            Epoch = 3,
            OpenIntentOf = Guid.NewGuid(),
            IntentScope = RunScope.UseRemovals,
            LastWrite = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
            Refused = { ["ghost"] = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero) },
            GuardFunctions = [new GuardFunctionState { FullName = "main.policysync_guards.mask_1", Column = "ssn", PolicyId = 3, PolicyName = "p", RefusedAt = DateTimeOffset.UnixEpoch }],
            IntentLasts = TimeSpan.FromSeconds(60),
            RefusedPrivileges = { ["MODIFY"] = new RefusedPrivilege { Kind = "VIEW", PolicyVersion = 2 } },
            DueAt = new DateTimeOffset(2026, 3, 1, 13, 0, 0, TimeSpan.Zero),
            RefusedParts = [new RefusedPart { Principal = "ann@corp.com", Privilege = "MANAGE", IsRevoke = true, At = DateTimeOffset.UnixEpoch, Reason = "403" }],
            RefusedThoughListed = ["bob@corp.com"],
            KnownAs = "id-1",
        };

        Assert.Equivalent(sent, RoundTrip(sent), strict: true);
    }

    [Fact]
    public async Task State_and_cursor_that_an_earlier_build_wrote_are_read_by_this_one()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("table main.a.t1", "table main.a.t2", "table main.b.t3");
            world.Catalog.Grant("table main.b.t3", "bob@corp.com", "SELECT");
            world.Policies.Set(4, "table main.*.* select ann@corp.com");
            world.States.Write("resource main.b.t3", """
                {"ledger":{"identity":"id-6","entries":[{"principal":"bob@corp.com","privilege":"SELECT","policyId":1,"policyName":"p","taskId":"5","grantedAt":"2026-02-01T00:00:00+00:00"}]},
                "epoch":4,"intentScope":"Full","lastWrite":"2026-02-01T00:00:00+00:00","refused":{"ghost":"2026-02-01T00:00:00+00:00"},"refusedPrivileges":{},"policyVersion":3}
                """);
            var task = world.Store.AcceptAsync(World.Request("catalog main"), CancellationToken.None).Result;
            world.Store.Put(task with
            {
                Cursor = """
                {"Target":0,"NextResult":2,"SkippedStored":true,"TargetOpened":true,"TargetResult":0,"TargetUsePending":false,"SchemaPage":null,
                "Schema":"a","SchemaDone":true,"SchemaResult":1,"SchemaUsePending":false,"Kind":4,"Page":null,"After":null}
                """,
            }, isOpen: true);
        });

        await World.UntilAsync(() => world.Store.Open.Count == 0, "the task's end");

        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn("table main.b.t3")); // bob's was ours
        Assert.Equal("", world.Catalog.GrantsOn("table main.a.t1")); // behind the cursor
    }

    private static T RoundTrip<T>(T value)
    {
        using var services = new ServiceCollection()
            .AddSerializer(serializer => serializer.AddAssembly(typeof(GrainNames).Assembly)).BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        return serializer.Deserialize<T>(serializer.SerializeToArray(value))!;
    }

    private static string Describe()
    {
        var text = new StringBuilder();
        var types = typeof(GrainNames).Assembly.GetTypes();
        foreach (var grain in types.Where(IsGrainInterface).OrderBy(AliasOf, StringComparer.Ordinal))
        {
            text.AppendLine($"grain {AliasOf(grain)}");
            foreach (var method in grain.GetMethods().OrderBy(AliasOf, StringComparer.Ordinal))
            {
                text.AppendLine($"  {AliasOf(method)}({string.Join(", ", method.GetParameters().Select(p => NameOf(p.ParameterType)))}) {NameOf(method.ReturnType)}");
            }
        }

        foreach (var type in types.Where(type => type.IsDefined(typeof(GenerateSerializerAttribute))).OrderBy(AliasOf, StringComparer.Ordinal))
        {
            text.AppendLine($"type {AliasOf(type)}");
            foreach (var (id, member, memberType) in MembersOf(type).OrderBy(member => member.Id))
            {
                text.AppendLine($"  {id} {member} {NameOf(memberType)}");
            }
        }

        foreach (var type in Enums.OrderBy(type => type.Name, StringComparer.Ordinal))
        {
            text.AppendLine($"enum {type.Name} {string.Join(' ', Enum.GetValues(type).Cast<object>().Select(value => $"{Convert.ToInt32(value)}={value}"))}");
        }

        return text.ToString();
    }

    private static IEnumerable<(uint Id, string Name, Type Type)> MembersOf(Type type) => type
        .GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
        .Where(member => member.IsDefined(typeof(IdAttribute)))
        .Select(member => (member.GetCustomAttribute<IdAttribute>()!.Id, member.Name,
            member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType));

    private static bool IsGrainInterface(Type type) => type.IsInterface && type.IsAssignableTo(typeof(IAddressable)) && !type.Name.Contains('<', StringComparison.Ordinal);

    private static string? AliasOf(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias;

    private static string NameOf(Type type) => type.IsGenericType
        ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
        : type.IsArray ? NameOf(type.GetElementType()!) + "[]" : type.Name;
}
