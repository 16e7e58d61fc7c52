using System.Text.Json;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Operations;

public sealed class ApiDocumentTests : IAsyncLifetime
{
    private TestHost _host = null!;
    private JsonElement _document;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync(time: new HurriedTime());
        using var answer = await _host.Client.GetAsync("/openapi/v1.json");
        _document = await answer.JsonAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public void The_document_holds_the_API_and_nothing_else()
    {
        Assert.StartsWith("3.", _document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            [
                "/policysync/api/v1/task",
                "/policysync/api/v1/tasks",
                "/policysync/api/v1/tasks/{taskId}",
                "/policysync/api/v1/tasks/{taskId}/resources",
                "/policysync/api/v1/tasks/{taskId}/events",
                "/policysync/api/v1/tasks/{taskId}:cancel",
                "/policysync/api/v1/tasks/{taskId}:retry",
                "/policysync/api/v1/securables/{type}/{fullName}",
                "/policysync/api/v1/policies",
                "/policysync/api/v1/policies/{policyId}",
                "/policysync/api/v1/securables/{type}/{fullName}/access",
                "/policysync/api/v1/principals/{name}/access",
                "/policysync/api/v1/policies/{policyId}/effects",
                "/policysync/api/v1/policies/diff",
                "/policysync/api/v1/suspensions",
                "/policysync/api/v1/suspensions/{pattern}",
                "/policysync/api/v1/explain",
                "/policysync/api/v1/plans",
                "/policysync/api/v1/plans/{planId}",
                "/policysync/api/v1/plans/{planId}/resources",
                "/policysync/api/v1/plans/{planId}:apply",
                "/policysync/api/v1/checks",
                "/policysync/api/v1/budget",
                "/policysync/api/v1/drift",
                "/policysync/api/v1/drift/{driftId}:adopt",
                "/policysync/api/v1/drift/{driftId}:ignore",
                "/policysync/api/v1/drift/{driftId}:repair",
                "/policysync/api/v1/records",
                "/policysync/api/v1/catalogs",
                "/policysync/api/v1/securables",
            ],
            _document.GetProperty("paths").EnumerateObject().Select(path => path.Name));
        Assert.Equal("bearer", _document.GetProperty("components").GetProperty("securitySchemes").GetProperty("bearer").GetProperty("scheme").GetString());
        Assert.NotEmpty(_document.GetProperty("security").EnumerateArray());
    }

    [Fact]
    public void Schemas_bear_the_clients_words_and_every_reference_leads_somewhere()
    {
        var schemas = _document.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(schema => schema.Name).ToHashSet();

        Assert.Equal(
            [
                "AccessChange",
                "AccessPage",
                "AccessPath",
                "AccessSource",
                "CatalogItem",
                "CatalogPage",
                "ChangeAction",
                "CheckStatus",
                "DriftItem",
                "DriftKind",
                "DriftPage",
                "DriftState",
                "ErrorCode",
                "ExplainRequest",
                "ExplainRequestSecurable",
                "ExplainedAbsence",
                "ExplainedAccess",
                "ExplainedCondition",
                "ExplainedEnd",
                "ExplainedGuard",
                "ExplainedGuardKind",
                "ExplainedItem",
                "ExplainedMatch",
                "ExplainedNaming",
                "ExplainedPart",
                "ExplainedPath",
                "ExplainedPolicy",
                "ExplainedPrincipal",
                "ExplainedSecurable",
                "ExplainedStep",
                "ExplainedTruth",
                "ExplainedVerdict",
                "Explanation",
                "ExternalChange",
                "Gap",
                "GapCode",
                "GapDirection",
                "GrantOrigin",
                "GuardRuleDetail",
                "HeldPath",
                "HeldPrivilege",
                "IgnoreRequest",
                "ImportRequest",
                "ImportResult",
                "ImportedRecord",
                "IndexedGap",
                "MemberLink",
                "MemberSource",
                "MissingUse",
                "Plan",
                "PlanGapCount",
                "PlanPolicies",
                "PlanRequest",
                "PlanResource",
                "PlanResourcePage",
                "PlanSummary",
                "PlanUser",
                "PlannedCall",
                "PolicyAnswer",
                "PolicyChange",
                "PolicyDetail",
                "PolicyDiff",
                "PolicyDiffCounts",
                "PolicyDiffRequest",
                "PolicyDifference",
                "PolicyEffect",
                "PolicyEffectsPage",
                "PolicyGrant",
                "PolicyItem",
                "PolicyItemCounts",
                "PolicyItemDifference",
                "PolicyItemKind",
                "PolicyKind",
                "PolicyOpinion",
                "PolicyPage",
                "PolicyPart",
                "PolicyPartDifference",
                "PolicySetInfo",
                "PolicySetPart",
                "PolicySetPartDifference",
                "PolicyValidity",
                "PolicyVerdict",
                "PrincipalAccess",
                "PrincipalAccessPage",
                "PrincipalKind",
                "Problem",
                "ProblemError",
                "ReachDetail",
                "ReachGrant",
                "RecordKind",
                "RecordedGrant",
                "RecordedGuard",
                "ResourceChange",
                "ResourceStatus",
                "RestoreOutcome",
                "SecurableItem",
                "SecurablePage",
                "SecurableState",
                "SecurableStatus",
                "ServiceCheck",
                "ServiceChecks",
                "StoredRecord",
                "StoredRecordPage",
                "Suspension",
                "SuspensionPage",
                "SuspensionRequest",
                "SyncMode",
                "SyncTask",
                "SyncTaskOutcome",
                "SyncTaskStatus",
                "TaskAccepted",
                "TaskEvent",
                "TaskEventPosition",
                "TaskFailure",
                "TaskItem",
                "TaskPage",
                "TaskProgress",
                "TaskRequest",
                "TaskRequestInfo",
                "TaskRequestResource",
                "TaskResource",
                "TaskResourceError",
                "TaskResourcePage",
                "UnaskedStep",
                "WantedGrant",
                "WorkspaceBudget",
            ],
            schemas.Order(StringComparer.Ordinal));
        var references = Descendants(_document).Where(node => node.ValueKind == JsonValueKind.Object && node.TryGetProperty("$ref", out _))
            .Select(node => node.GetProperty("$ref").GetString()!).Distinct().ToArray();
        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.Contains(reference["#/components/schemas/".Length..], schemas));
    }

    [Fact]
    public void What_may_be_absent_is_not_required_and_never_null()
    {
        var task = _document.GetProperty("components").GetProperty("schemas").GetProperty("SyncTask");

        Assert.Equal(
            ["taskId", "status", "message", "type", "createTime", "dryRun", "progress", "failures"],
            task.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        var call = _document.GetProperty("components").GetProperty("schemas").GetProperty("PlannedCall");
        Assert.Equal(["method", "path", "body"], call.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal("object", call.GetProperty("properties").GetProperty("body").GetProperty("type").GetString());
        Assert.DoesNotContain("\"null\"", _document.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_POST_answers_has_one_schema_with_and_without_a_wait()
    {
        var schemas = _document.GetProperty("components").GetProperty("schemas");
        var answers = Operations().Single(operation => operation.Id == "createTask").Value.GetProperty("responses");

        Assert.All(["200", "202"], status => Assert.Equal(
            "#/components/schemas/TaskAccepted",
            answers.GetProperty(status).GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("$ref").GetString()));
        Assert.Equal(["taskId", "status", "message"], schemas.GetProperty("TaskAccepted").Texts("required"));
        Assert.Superset(Names("SyncTask"), Names("TaskAccepted"));

        HashSet<string> Names(string schema) => [.. schemas.GetProperty(schema).GetProperty("properties").EnumerateObject().Select(property => property.Name)];
    }

    [Fact]
    public void Everything_is_described()
    {
        var schemas = _document.GetProperty("components").GetProperty("schemas").EnumerateObject().ToList();
        var properties = schemas.Where(schema => schema.Value.TryGetProperty("properties", out _))
            .SelectMany(schema => schema.Value.GetProperty("properties").EnumerateObject().Select(property => (Name: $"{schema.Name}.{property.Name}", property.Value)));
        var parameters = Operations().Where(operation => operation.Value.TryGetProperty("parameters", out _))
            .SelectMany(operation => operation.Value.GetProperty("parameters").EnumerateArray()
                .Select(parameter => (Name: $"{operation.Id} {parameter.GetProperty("name")}", Value: parameter)));
        var answers = Operations().SelectMany(operation => operation.Value.GetProperty("responses").EnumerateObject()
            .Select(answer => (Name: $"{operation.Id} {answer.Name}", answer.Value)));

        var silent = schemas.Select(schema => (schema.Name, schema.Value)).Concat(properties).Concat(parameters).Concat(answers)
            .Where(part => !part.Value.TryGetProperty("description", out var text) || string.IsNullOrWhiteSpace(text.GetString()))
            .Select(part => part.Name);

        Assert.Empty(silent);
        Assert.All(Operations(), operation => Assert.True(operation.Value.TryGetProperty("summary", out _), operation.Id));
    }

    /// <summary>Words of the code: on the wire, what is null there is absent.</summary>
    [Fact]
    public void No_description_speaks_of_null() => Assert.DoesNotContain(
        Descendants(_document.GetProperty("components")).Where(node => node.ValueKind == JsonValueKind.Object && node.TryGetProperty("description", out _))
            .Select(node => node.GetProperty("description").ToString()),
        text => text.Contains("null", StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void Generators_find_no_default_no_unnamed_enumeration_and_no_choice_of_types()
    {
        var schemas = _document.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(schema => schema.Value.GetRawText()).ToHashSet();
        var objects = Descendants(_document).Where(node => node.ValueKind == JsonValueKind.Object).ToList();

        Assert.DoesNotContain(objects, node => node.TryGetProperty("default", out _) && node.TryGetProperty("type", out _));
        Assert.All(objects.Where(node => node.TryGetProperty("enum", out _)), node => Assert.Contains(node.GetRawText(), schemas));
        Assert.DoesNotContain(objects, node => node.TryGetProperty("oneOf", out _) || node.TryGetProperty("anyOf", out _) || node.TryGetProperty("allOf", out _)
            || (node.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.Array));
        Assert.DoesNotContain(objects, node => node.TryGetProperty("properties", out _) && node.TryGetProperty("format", out _));
    }

    [Fact]
    public void Ids_of_operations_do_not_change() => Assert.Equal(
        [
            "createTask",
            "listTasks",
            "getTask",
            "listTaskResources",
            "streamTask",
            "cancelTask",
            "retryTask",
            "getSecurable",
            "listPolicies",
            "getPolicy",
            "getSecurableAccess",
            "getPrincipalAccess",
            "getPolicyEffects",
            "comparePolicies",
            "comparePlanPolicies",
            "listSuspensions",
            "suspend",
            "resume",
            "explain",
            "createPlan",
            "getPlan",
            "listPlanResources",
            "applyPlan",
            "getChecks",
            "getBudget",
            "listDrift",
            "adoptDrift",
            "ignoreDrift",
            "repairDrift",
            "listRecords",
            "importRecords",
            "listCatalogs",
            "listSecurables",
        ],
        Operations().Select(operation => operation.Id));

    [Fact]
    public void Each_example_of_the_vendor_is_there()
    {
        var examples = _document.GetProperty("paths").GetProperty("/policysync/api/v1/task").GetProperty("post").GetProperty("requestBody")
            .GetProperty("content").GetProperty("application/json").GetProperty("examples");

        Assert.Equal(["table", "view", "schema", "catalog", "multiple"], examples.EnumerateObject().Select(example => example.Name));
    }

    [Fact]
    public async Task Every_documented_answer_is_given_and_no_other()
    {
        var given = new HashSet<string>(StringComparer.Ordinal);
        using var scopeless = _host.ClientWith(_host.Signer.Token(claims => claims["scope"] = "other"));
        var accepted = await NoteAsync("createTask", _host.Client.PostAsync(Send.Table));
        var id = accepted.GetProperty("taskId").GetString();
        await NoteAsync("createTask", _host.Client.PostAsync("{}"));
        using var keyed = _host.ClientWith(_host.Signer.Token());
        keyed.DefaultRequestHeaders.Add("Idempotency-Key", "k1");
        await NoteAsync("createTask", keyed.PostAsync(Send.Table));
        await NoteAsync("createTask", keyed.PostAsync(Send.Table.Replace("customers", "orders", StringComparison.Ordinal)));
        await NoteAsync("createTask", _host.Anonymous.PostAsync(Send.Table));
        await NoteAsync("createTask", scopeless.PostAsync(Send.Table));
        await NoteAsync("createTask", _host.Client.PostAsync(new byte[2 << 20]));
        await NoteAsync("createTask", _host.Client.PostAsync([1], "text/plain"));
        using var patient = _host.ClientWith(_host.Signer.Token());
        patient.DefaultRequestHeaders.Add("Prefer", "wait=30");
        var waiting = NoteAsync("createTask", patient.PostAsync(Send.Table));
        await WhileEndingAsync(waiting);
        var failed = await FailedAsync();
        foreach (var (operation, tail) in new[] { ("getTask", ""), ("listTaskResources", "/resources"), ("streamTask", "/events") })
        {
            await NoteAsync(operation, _host.Client.GetAsync($"{Send.Tasks}/{failed}{tail}"));
            await NoteAsync(operation, _host.Client.GetAsync($"{Send.Tasks}/1{tail}"));
            await NoteAsync(operation, _host.Anonymous.GetAsync($"{Send.Tasks}/1{tail}"));
            await NoteAsync(operation, scopeless.GetAsync($"{Send.Tasks}/1{tail}"));
        }

        foreach (var (operation, tail) in new[] { ("cancelTask", ":cancel"), ("retryTask", ":retry") })
        {
            await NoteAsync(operation, _host.Client.ActAsync($"{Send.Tasks}/{failed}{tail}"));
            await NoteAsync(operation, _host.Client.ActAsync($"{Send.Tasks}/1{tail}"));
            await NoteAsync(operation, _host.Client.ActAsync($"{Send.Tasks}/1{tail}?force=true"));
            await NoteAsync(operation, _host.Anonymous.ActAsync($"{Send.Tasks}/1{tail}"));
            await NoteAsync(operation, scopeless.ActAsync($"{Send.Tasks}/1{tail}"));
        }

        var open = (await _host.Store.AcceptAsync(TestStore.Request, default)).Id;
        await NoteAsync("cancelTask", _host.Client.ActAsync($"{Send.Tasks}/{open}:cancel"));
        await NoteAsync("retryTask", _host.Client.ActAsync($"{Send.Tasks}/{open}:retry"));
        await NoteAsync("retryTask", keyed.ActAsync($"{Send.Tasks}/{failed}:retry"));
        await WhileEndingAsync(NoteAsync("retryTask", patient.ActAsync($"{Send.Tasks}/{failed}:retry")));
        const string securable = "/policysync/api/v1/securables/table/main.s.t";
        const string policies = "/policysync/api/v1/policies";
        const string plans = "/policysync/api/v1/plans";
        const string checks = "/policysync/api/v1/checks";
        const string budget = "/policysync/api/v1/budget";
        const string reached = "/policysync/api/v1/principals/ann@x.io/access";
        await NoteAsync("getSecurable", _host.Client.GetAsync(securable));
        await NoteAsync("getSecurable", _host.Client.GetAsync($"{securable}?live=true"));
        await NoteAsync("getSecurable", _host.Client.GetAsync($"{securable}.u"));
        await NoteAsync("getSecurable", _host.Anonymous.GetAsync(securable));
        await NoteAsync("getSecurable", scopeless.GetAsync(securable));
        foreach (var (operation, address) in new[] { ("listPolicies", policies), ("getPolicy", $"{policies}/1"), ("getPolicyEffects", $"{policies}/1/effects"), ("getPrincipalAccess", reached), ("getChecks", checks), ("getBudget", budget) })
        {
            await NoteAsync(operation, _host.Client.GetAsync(address));
            await NoteAsync(operation, _host.Client.GetAsync($"{address}?live=true"));
            await NoteAsync(operation, _host.Anonymous.GetAsync(address));
            await NoteAsync(operation, scopeless.GetAsync(address));
        }

        await NoteAsync("getPolicy", _host.Client.GetAsync($"{policies}/4"));
        await NotePlansAsync();
        await NoteDiffsAsync();
        await NoteAsync("getPolicyEffects", _host.Client.GetAsync($"{policies}/x/effects"));
        await NoteAsync("getPrincipalAccess", _host.Client.GetAsync($"/policysync/api/v1/principals/{new string('a', 257)}/access"));
        await NoteAsync("getSecurableAccess", _host.Client.GetAsync($"{securable}/access"));
        await NoteAsync("getSecurableAccess", _host.Client.GetAsync($"{securable}/access?source=now"));
        await NoteAsync("getSecurableAccess", _host.Client.GetAsync($"{securable}.u/access"));
        await NoteAsync("getSecurableAccess", _host.Client.GetAsync("/policysync/api/v1/securables/table/main.s.refused/access"));
        await NoteAsync("getSecurableAccess", _host.Client.GetAsync("/policysync/api/v1/securables/table/main.s.busy/access"));
        await NoteAsync("getSecurableAccess", _host.Anonymous.GetAsync($"{securable}/access"));
        await NoteAsync("getSecurableAccess", scopeless.GetAsync($"{securable}/access"));
        await NoteAsync("getSecurableAccess", _host.Client.GetAsync($"{securable[..^1]}broken/access"));
        const string drift = "/policysync/api/v1/drift";
        var differs = $"{drift}/{TestDrift.IdOf("t1", TestDrift.Foreign)}";
        foreach (var name in new[] { "t1", "refused", "missing", "old", "broken" })
        {
            await _host.Drift.AddAsync(name, TestDrift.Foreign);
        }

        await NoteAsync("listDrift", _host.Client.GetAsync(drift));
        await NoteAsync("listDrift", _host.Client.GetAsync($"{drift}?kind=ANY"));
        await NoteAsync("listDrift", _host.Anonymous.GetAsync(drift));
        await NoteAsync("listDrift", scopeless.GetAsync(drift));
        const string catalogs = "/policysync/api/v1/catalogs";
        const string securables = "/policysync/api/v1/securables";
        foreach (var (list, path) in new[] { ("listCatalogs", catalogs), ("listSecurables", securables) })
        {
            await NoteAsync(list, _host.Client.GetAsync(path));
            await NoteAsync(list, _host.Client.GetAsync($"{path}?pageToken=x"));
            await NoteAsync(list, _host.Anonymous.GetAsync(path));
            await NoteAsync(list, scopeless.GetAsync(path));
            await NoteAsync(list, _host.Client.DeleteAsync(path));
        }

        await NoteAsync("ignoreDrift", _host.Client.IgnoreAsync(differs));
        await NoteAsync("ignoreDrift", _host.Client.IgnoreAsync(differs, new string(' ', 2 << 20)));
        await NoteAsync("ignoreDrift", _host.Client.IgnoreAsync(differs, type: "text/plain"));
        foreach (var (operation, action) in new[] { ("adoptDrift", "adopt"), ("ignoreDrift", "ignore"), ("repairDrift", "repair") })
        {
            await NoteAsync(operation, _host.Client.ActOnAsync($"{differs}:{action}"));
            await NoteAsync(operation, _host.Client.ActOnAsync($"{differs}:{action}?force=true"));
            await NoteAsync(operation, _host.Client.ActOnAsync($"{drift}/{TestDrift.IdOf("t9", TestDrift.Foreign)}:{action}"));
            await NoteAsync(operation, _host.Anonymous.ActOnAsync($"{differs}:{action}"));
            await NoteAsync(operation, scopeless.ActOnAsync($"{differs}:{action}"));
        }

        await NoteAsync("repairDrift", keyed.ActOnAsync($"{differs}:repair"));
        await WhileEndingAsync(NoteAsync("repairDrift", patient.ActOnAsync($"{differs}:repair")));
        await NoteAsync("adoptDrift", _host.Client.ActOnAsync($"{drift}/{TestDrift.IdOf("missing", TestDrift.Foreign)}:adopt"));
        await NoteAsync("adoptDrift", _host.Client.ActOnAsync($"{drift}/{TestDrift.IdOf("refused", TestDrift.Foreign)}:adopt"));
        await NoteAsync("adoptDrift", _host.Client.ActOnAsync($"{drift}/{TestDrift.IdOf("old", TestDrift.Foreign)}:adopt"));
        const string suspensions = "/policysync/api/v1/suspensions";
        const string suspended = suspensions + "/main.sales";
        using var operators = _host.ClientOf("policysync.ops", "policysync.tasks");
        await NoteAsync("listSuspensions", _host.Client.GetAsync(suspensions));
        await NoteAsync("listSuspensions", _host.Client.GetAsync($"{suspensions}?pageToken=x"));
        await NoteAsync("listSuspensions", _host.Anonymous.GetAsync(suspensions));
        await NoteAsync("listSuspensions", scopeless.GetAsync(suspensions));
        await NoteAsync("suspend", operators.SuspendAsync(suspended));
        await NoteAsync("suspend", operators.SuspendAsync($"{suspensions}/a.b.c.d"));
        await NoteAsync("suspend", _host.Client.SuspendAsync(suspended));
        await NoteAsync("suspend", _host.Anonymous.SuspendAsync(suspended));
        await NoteAsync("suspend", operators.SuspendAsync(suspended, new string(' ', 2 << 20)));
        await NoteAsync("suspend", operators.SuspendAsync(suspended, type: "text/plain"));
        await NoteAsync("resume", operators.DeleteAsync(suspended));
        await NoteAsync("resume", operators.DeleteAsync(suspended));
        await NoteAsync("resume", operators.DeleteAsync($"{suspended}?force=true"));
        await NoteAsync("resume", _host.Client.DeleteAsync(suspended));
        await NoteAsync("resume", _host.Anonymous.DeleteAsync(suspended));
        await NoteAsync("listRecords", operators.GetAsync(Send.Records));
        await NoteAsync("listRecords", operators.GetAsync($"{Send.Records}?pageToken=x"));
        await NoteAsync("listRecords", _host.Anonymous.GetAsync(Send.Records));
        await NoteAsync("listRecords", _host.Client.GetAsync(Send.Records));
        await NoteAsync("listRecords", operators.DeleteAsync(Send.Records));
        await NoteAsync("importRecords", operators.PostAsync(Send.Import, path: Send.Records));
        await NoteAsync("importRecords", operators.PostAsync("{}", path: Send.Records));
        await NoteAsync("importRecords", operators.PostAsync(new byte[8 << 20], path: Send.Records));
        await NoteAsync("importRecords", operators.PostAsync([1], "text/plain", Send.Records));
        await NoteAsync("importRecords", operators.PutAsync(Send.Records, null));
        await NoteAsync("importRecords", _host.Anonymous.PostAsync(Send.Import, path: Send.Records));
        await NoteAsync("importRecords", _host.Client.PostAsync(Send.Import, path: Send.Records));
        for (var n = 0; n <= Core.Suspensions.Suspension.MaxCount; n++)
        {
            await NoteAsync("suspend", operators.SuspendAsync($"{suspensions}/c{n}"));
        }

        await NoteAsync("explain", _host.Client.AskAsync(Send.Question()));
        await NoteAsync("explain", _host.Client.AskAsync("{}"));
        await NoteAsync("explain", _host.Client.AskAsync(Send.Question("missing")));
        await NoteAsync("explain", _host.Client.AskAsync(Send.Question("refused")));
        await NoteAsync("explain", _host.Client.AskAsync(Send.Question("busy")));
        await NoteAsync("explain", _host.Client.AskAsync(Send.Question("broken")));
        await NoteAsync("explain", _host.Client.AskAsync(new string(' ', 2 << 20)));
        await NoteAsync("explain", _host.Client.AskAsync("{}", "text/plain"));
        await NoteAsync("explain", _host.Anonymous.AskAsync(Send.Question()));
        await NoteAsync("explain", scopeless.AskAsync(Send.Question()));
        await NoteAsync("getTask", _host.Client.GetAsync($"{Send.Tasks}/{id}?fields=all"));
        await NoteAsync("listTaskResources", _host.Client.GetAsync($"{Send.Tasks}/{id}/resources?pageSize=-1"));
        await NoteAsync("streamTask", _host.Client.GetAsync($"{Send.Tasks}/{id}/events?after=1"));
        await NoteAsync("listTasks", _host.Client.GetAsync(Send.Tasks));
        await NoteAsync("listTasks", _host.Client.GetAsync($"{Send.Tasks}?pageSize=-1"));
        await NoteAsync("listTasks", _host.Anonymous.GetAsync(Send.Tasks));
        await NoteAsync("listTasks", scopeless.GetAsync(Send.Tasks));
        _host.Store.Before = () => throw new SyncException(SyncErrorCode.Unavailable, "away");
        await NoteAsync("createTask", _host.Client.PostAsync(Send.Table));
        await NoteAsync("getTask", _host.Client.GetAsync($"{Send.Tasks}/1"));
        await NoteAsync("listTaskResources", _host.Client.GetAsync($"{Send.Tasks}/1/resources"));
        await NoteAsync("streamTask", _host.Client.GetAsync($"{Send.Tasks}/1/events"));
        await NoteAsync("getSecurable", _host.Client.GetAsync(securable));
        await NoteAsync("listPolicies", _host.Client.GetAsync(policies));
        await NoteAsync("getPolicy", _host.Client.GetAsync($"{policies}/1"));
        await NoteAsync("getPolicyEffects", _host.Client.GetAsync($"{policies}/1/effects"));
        await NoteAsync("comparePolicies", _host.Client.PostAsync(Send.Change, path: Send.Diff));
        await NoteAsync("comparePlanPolicies", _host.Client.GetAsync($"{Send.Diff}?plan=1"));
        await NoteAsync("getPrincipalAccess", _host.Client.GetAsync(reached));
        await NoteAsync("getChecks", _host.Client.GetAsync(checks));
        await NoteAsync("getBudget", _host.Client.GetAsync(budget));
        await NoteAsync("listSuspensions", _host.Client.GetAsync(suspensions));
        await NoteAsync("suspend", operators.SuspendAsync(suspended));
        await NoteAsync("resume", operators.DeleteAsync(suspended));
        await NoteAsync("listRecords", operators.GetAsync(Send.Records));
        await NoteAsync("importRecords", operators.PostAsync(Send.Import, path: Send.Records));
        await NoteAsync("createPlan", _host.Client.PostAsync(Send.Plan, path: plans));
        await NoteAsync("getPlan", _host.Client.GetAsync($"{plans}/1"));
        await NoteAsync("listPlanResources", _host.Client.GetAsync($"{plans}/1/resources"));
        await NoteAsync("applyPlan", _host.Client.ActAsync($"{plans}/1:apply"));
        await NoteAsync("listCatalogs", _host.Client.GetAsync(catalogs));
        await NoteAsync("listSecurables", _host.Client.GetAsync(securables));
        await NoteAsync("listDrift", _host.Client.GetAsync(drift));
        await NoteAsync("adoptDrift", _host.Client.ActOnAsync($"{differs}:adopt"));
        await NoteAsync("ignoreDrift", _host.Client.IgnoreAsync(differs));
        await NoteAsync("repairDrift", _host.Client.ActOnAsync($"{differs}:repair"));
        await NoteAsync("listTasks", _host.Client.GetAsync(Send.Tasks));
        await NoteAsync("cancelTask", _host.Client.ActAsync($"{Send.Tasks}/1:cancel"));
        await NoteAsync("retryTask", _host.Client.ActAsync($"{Send.Tasks}/1:retry"));
        _host.Store.Before = () => throw new InvalidOperationException("a defect");
        await NoteAllAsync(operators);
        _host.Store.Before = () => Task.CompletedTask;
        await NoteAsync("createTask", _host.Client.GetAsync(Send.Task));
        await NoteAsync("listTasks", _host.Client.DeleteAsync(Send.Tasks));
        await NoteAsync("getTask", _host.Client.DeleteAsync($"{Send.Tasks}/{id}"));
        await NoteAsync("listTaskResources", _host.Client.DeleteAsync($"{Send.Tasks}/{id}/resources"));
        await NoteAsync("streamTask", _host.Client.DeleteAsync($"{Send.Tasks}/{id}/events"));
        await NoteAsync("getSecurable", _host.Client.DeleteAsync(securable));
        await NoteAsync("listPolicies", _host.Client.DeleteAsync(policies));
        await NoteAsync("getPolicy", _host.Client.DeleteAsync($"{policies}/1"));
        await NoteAsync("createPlan", _host.Client.GetAsync(plans));
        await NoteAsync("getPlan", _host.Client.DeleteAsync($"{plans}/1"));
        await NoteAsync("listPlanResources", _host.Client.DeleteAsync($"{plans}/1/resources"));
        await NoteAsync("applyPlan", _host.Client.DeleteAsync($"{plans}/1:apply"));
        await NoteAsync("getPolicyEffects", _host.Client.DeleteAsync($"{policies}/1/effects"));
        await NoteAsync("comparePolicies", _host.Client.DeleteAsync(Send.Diff));
        await NoteAsync("comparePlanPolicies", _host.Client.DeleteAsync(Send.Diff));
        await NoteAsync("getPrincipalAccess", _host.Client.DeleteAsync(reached));
        await NoteAsync("getChecks", _host.Client.DeleteAsync(checks));
        await NoteAsync("getBudget", _host.Client.DeleteAsync(budget));
        await NoteAsync("getSecurableAccess", _host.Client.DeleteAsync($"{securable}/access"));
        await NoteAsync("listSuspensions", operators.DeleteAsync(suspensions));
        await NoteAsync("suspend", operators.PostAsync(suspended, null));
        await NoteAsync("resume", operators.PostAsync(suspended, null));
        await NoteAsync("explain", _host.Client.DeleteAsync(Send.Explain));
        await NoteAsync("listDrift", _host.Client.DeleteAsync(drift));
        await NoteAsync("adoptDrift", _host.Client.DeleteAsync($"{differs}:adopt"));
        await NoteAsync("ignoreDrift", _host.Client.DeleteAsync($"{differs}:ignore"));
        await NoteAsync("repairDrift", _host.Client.DeleteAsync($"{differs}:repair"));
        await NoteAsync("cancelTask", _host.Client.DeleteAsync($"{Send.Tasks}/{id}:cancel"));
        await NoteAsync("retryTask", _host.Client.DeleteAsync($"{Send.Tasks}/{id}:retry"));
        await using var slow = await TestHost.StartAsync(settings: ("PolicySync:Http:RequestsPerSecondPerToken", "1"));
        using var hasty = slow.ClientOf("policysync.ops", "policysync.tasks");
        for (var request = 0; request < 4; request++)
        {
            await NoteAllAsync(hasty);
        }

        given.UnionWith(["createTask 408", "createPlan 408", "comparePolicies 408", "suspend 408", "explain 408", "ignoreDrift 408", "importRecords 408"]); // by the HTTP server, which this test does not have, when a body arrives too slowly

        var documented = _document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject())
            .SelectMany(operation => operation.Value.GetProperty("responses").EnumerateObject()
                .Select(answer => $"{operation.Value.GetProperty("operationId").GetString()} {answer.Name}"));
        Assert.Equal(documented.Order(StringComparer.Ordinal), given.Order(StringComparer.Ordinal));

        async Task NotePlansAsync()
        {
            var plan = (await NoteAsync("createPlan", _host.Client.PostAsync(Send.Plan, path: plans))).GetProperty("planId").GetString();
            await NoteAsync("createPlan", _host.Client.PostAsync("{}", path: plans));
            await NoteAsync("createPlan", _host.Anonymous.PostAsync(Send.Plan, path: plans));
            await NoteAsync("createPlan", scopeless.PostAsync(Send.Plan, path: plans));
            await NoteAsync("createPlan", _host.Client.PostAsync(new byte[8 << 20], path: plans));
            await NoteAsync("createPlan", _host.Client.PostAsync([1], "text/plain", plans));
            await NoteAsync("createPlan", keyed.PostAsync(Send.Plan, path: plans));
            await WhileEndingAsync(NoteAsync("createPlan", patient.PostAsync(Send.Plan, path: plans)));
            foreach (var (operation, tail) in new[] { ("getPlan", ""), ("listPlanResources", "/resources") })
            {
                await NoteAsync(operation, _host.Client.GetAsync($"{plans}/{plan}{tail}"));
                await NoteAsync(operation, _host.Client.GetAsync($"{plans}/{id}{tail}"));
                await NoteAsync(operation, _host.Client.GetAsync($"{plans}/{plan}{tail}?live=true"));
                await NoteAsync(operation, _host.Anonymous.GetAsync($"{plans}/{plan}{tail}"));
                await NoteAsync(operation, scopeless.GetAsync($"{plans}/{plan}{tail}"));
            }

            await _host.Store.FinishAllAsync();
            await NoteAsync("applyPlan", _host.Client.ActAsync($"{plans}/{plan}:apply"));
            await WhileEndingAsync(NoteAsync("applyPlan", patient.ActAsync($"{plans}/{plan}:apply")));
            await NoteAsync("applyPlan", keyed.ActAsync($"{plans}/{plan}:apply"));
            await NoteAsync("applyPlan", _host.Client.ActAsync($"{plans}/{id}:apply"));
            await NoteAsync("applyPlan", _host.Client.ActAsync($"{plans}/{plan}:apply?force=true"));
            await NoteAsync("applyPlan", _host.Anonymous.ActAsync($"{plans}/{plan}:apply"));
            await NoteAsync("applyPlan", scopeless.ActAsync($"{plans}/{plan}:apply"));
            var unended = (await _host.Client.PostAsync(Send.Plan, path: plans)).Headers.Location;
            await NoteAsync("applyPlan", _host.Client.ActAsync($"{unended}:apply"));
        }

        async Task NoteDiffsAsync()
        {
            var candidate = (await (await _host.Client.PostAsync(Send.Plan[..^1] + "," + Send.Change[1..], path: plans)).JsonAsync()).GetProperty("planId").GetString();
            var outdated = (await _host.Store.AcceptAsync(TestStore.Request with { Plan = new PlanSource("other", 40, "stamp-40") }, default)).Id;
            foreach (var query in new[] { $"plan={candidate}", "", $"plan={id}", $"plan={outdated}" })
            {
                await NoteAsync("comparePlanPolicies", _host.Client.GetAsync($"{Send.Diff}?{query}"));
                await NoteAsync("comparePlanPolicies", _host.Anonymous.GetAsync($"{Send.Diff}?{query}"));
                await NoteAsync("comparePlanPolicies", scopeless.GetAsync($"{Send.Diff}?{query}"));
            }

            await NoteAsync("comparePolicies", _host.Client.PostAsync(Send.Change, path: Send.Diff));
            await NoteAsync("comparePolicies", _host.Client.PostAsync("{}", path: Send.Diff));
            await NoteAsync("comparePolicies", _host.Client.PostAsync(new byte[8 << 20], path: Send.Diff));
            await NoteAsync("comparePolicies", _host.Client.PostAsync([1], "text/plain", Send.Diff));
            await NoteAsync("comparePolicies", _host.Anonymous.PostAsync(Send.Change, path: Send.Diff));
            await NoteAsync("comparePolicies", scopeless.PostAsync(Send.Change, path: Send.Diff));
        }

        async Task NoteAllAsync(HttpClient client)
        {
            await NoteAsync("createTask", client.PostAsync(Send.Table));
            await NoteAsync("listTasks", client.GetAsync(Send.Tasks));
            await NoteAsync("getTask", client.GetAsync($"{Send.Tasks}/{id}"));
            await NoteAsync("listTaskResources", client.GetAsync($"{Send.Tasks}/{id}/resources"));
            await NoteAsync("streamTask", client.GetAsync($"{Send.Tasks}/{id}/events"));
            await NoteAsync("getSecurable", client.GetAsync(securable));
            await NoteAsync("listPolicies", client.GetAsync(policies));
            await NoteAsync("getPolicy", client.GetAsync($"{policies}/1"));
            await NoteAsync("createPlan", client.PostAsync(Send.Plan, path: plans));
            await NoteAsync("getPlan", client.GetAsync($"{plans}/1"));
            await NoteAsync("listPlanResources", client.GetAsync($"{plans}/1/resources"));
            await NoteAsync("applyPlan", client.ActAsync($"{plans}/1:apply"));
            await NoteAsync("getPolicyEffects", client.GetAsync($"{policies}/1/effects"));
            await NoteAsync("comparePolicies", client.PostAsync(Send.Change, path: Send.Diff));
            await NoteAsync("comparePlanPolicies", client.GetAsync($"{Send.Diff}?plan=1"));
            await NoteAsync("getPrincipalAccess", client.GetAsync(reached));
            await NoteAsync("getChecks", client.GetAsync(checks));
            await NoteAsync("getBudget", client.GetAsync(budget));
            await NoteAsync("getSecurableAccess", client.GetAsync($"{securable}/access"));
            await NoteAsync("listSuspensions", client.GetAsync(suspensions));
            await NoteAsync("suspend", client.SuspendAsync(suspended));
            await NoteAsync("resume", client.DeleteAsync(suspended));
            await NoteAsync("listRecords", client.GetAsync(Send.Records));
            await NoteAsync("importRecords", client.PostAsync(Send.Import, path: Send.Records));
            await NoteAsync("explain", client.AskAsync(Send.Question()));
            await NoteAsync("listCatalogs", client.GetAsync(catalogs));
            await NoteAsync("listSecurables", client.GetAsync(securables));
            await NoteAsync("listDrift", client.GetAsync(drift));
            await NoteAsync("adoptDrift", client.ActOnAsync($"{differs}:adopt"));
            await NoteAsync("ignoreDrift", client.IgnoreAsync(differs));
            await NoteAsync("repairDrift", client.ActOnAsync($"{differs}:repair"));
            await NoteAsync("cancelTask", client.ActAsync($"{Send.Tasks}/{id}:cancel"));
            await NoteAsync("retryTask", client.ActAsync($"{Send.Tasks}/{id}:retry"));
        }

        async Task WhileEndingAsync(Task answer)
        {
            while (!answer.IsCompleted)
            {
                await _host.Store.FinishAllAsync();
                await Task.WhenAny(answer, Task.Delay(20));
            }

            await answer;
        }

        async Task<TaskId> FailedAsync()
        {
            var task = await _host.Store.AcceptAsync(TestStore.Request, default);
            await _host.Store.SaveResultsAsync(
                task.Id, 0,
                [ResourceResult.Skip("table", "main.s.t", SyncErrorCode.PermissionDenied, "no") with { Status = ResourceStatus.Failed }], default);
            await _host.Store.FinishAsync(
                task with
                {
                    Status = SyncTaskStatus.Failed, Outcome = SyncTaskOutcome.Failed, EndTime = DateTimeOffset.UtcNow,
                    Progress = new TaskProgress { Discovered = 1, Total = 1, Done = 1, Failed = 1 },
                }, default);
            return task.Id;
        }

        async Task<JsonElement> NoteAsync(string operation, Task<HttpResponseMessage> asking)
        {
            using var answer = await asking;
            given.Add($"{operation} {(int)answer.StatusCode}");
            return (operation == "streamTask" && answer.IsSuccessStatusCode) || answer.StatusCode == System.Net.HttpStatusCode.NoContent ? default : await answer.JsonAsync();
        }
    }

    private IEnumerable<(string Id, JsonElement Value)> Operations() =>
        _document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject())
            .Select(operation => (operation.Value.GetProperty("operationId").GetString()!, operation.Value));

    private static IEnumerable<JsonElement> Descendants(JsonElement node) => node.ValueKind switch
    {
        JsonValueKind.Object => node.EnumerateObject().SelectMany(member => Descendants(member.Value)).Prepend(node),
        JsonValueKind.Array => node.EnumerateArray().SelectMany(Descendants).Prepend(node),
        _ => [node],
    };
}
