using System.Text.Json;
using PolicySync.Core.Errors;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Operations;

public sealed class ApiDocumentTests : IAsyncLifetime
{
    private TestHost _host = null!;
    private JsonElement _document;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync();
        using var answer = await _host.Client.GetAsync("/openapi/v1.json");
        _document = await answer.JsonAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public void The_document_holds_the_API_and_nothing_else()
    {
        Assert.StartsWith("3.", _document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            ["/policysync/api/v1/task", "/policysync/api/v1/tasks", "/policysync/api/v1/tasks/{taskId}", "/policysync/api/v1/tasks/{taskId}/resources"],
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
                "ChangeAction", "ErrorCode", "ExternalChange", "Gap", "GapCode", "GapDirection", "PlannedCall", "Problem", "ProblemError", "ResourceChange", "ResourceStatus", "Task",
                "TaskAccepted", "TaskEvent", "TaskFailure", "TaskItem", "TaskOutcome", "TaskPage", "TaskProgress", "TaskRequest", "TaskRequestInfo", "TaskRequestResource",
                "TaskResource", "TaskResourceError", "TaskResourcePage", "TaskStatus",
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
        var task = _document.GetProperty("components").GetProperty("schemas").GetProperty("Task");

        Assert.Equal(
            ["taskId", "status", "message", "type", "createTime", "dryRun", "progress", "failures"],
            task.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        var call = _document.GetProperty("components").GetProperty("schemas").GetProperty("PlannedCall");
        Assert.Equal(["method", "path", "body"], call.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal("object", call.GetProperty("properties").GetProperty("body").GetProperty("type").GetString());
        Assert.DoesNotContain("\"null\"", _document.GetRawText(), StringComparison.Ordinal);
    }

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
        while (!waiting.IsCompleted)
        {
            await _host.Store.FinishAllAsync();
            await Task.WhenAny(waiting, Task.Delay(20));
        }

        await waiting;
        foreach (var (operation, tail) in new[] { ("getTask", ""), ("listTaskResources", "/resources") })
        {
            await NoteAsync(operation, _host.Client.GetAsync($"{Send.Tasks}/{id}{tail}"));
            await NoteAsync(operation, _host.Client.GetAsync($"{Send.Tasks}/1{tail}"));
            await NoteAsync(operation, _host.Anonymous.GetAsync($"{Send.Tasks}/1{tail}"));
            await NoteAsync(operation, scopeless.GetAsync($"{Send.Tasks}/1{tail}"));
        }

        await NoteAsync("getTask", _host.Client.GetAsync($"{Send.Tasks}/{id}?fields=all"));
        await NoteAsync("listTaskResources", _host.Client.GetAsync($"{Send.Tasks}/{id}/resources?pageSize=-1"));
        await NoteAsync("listTasks", _host.Client.GetAsync(Send.Tasks));
        await NoteAsync("listTasks", _host.Client.GetAsync($"{Send.Tasks}?pageSize=-1"));
        await NoteAsync("listTasks", _host.Anonymous.GetAsync(Send.Tasks));
        await NoteAsync("listTasks", scopeless.GetAsync(Send.Tasks));
        _host.Store.Before = () => throw new SyncException(SyncErrorCode.Unavailable, "away");
        await NoteAsync("createTask", _host.Client.PostAsync(Send.Table));
        await NoteAsync("getTask", _host.Client.GetAsync($"{Send.Tasks}/1"));
        await NoteAsync("listTaskResources", _host.Client.GetAsync($"{Send.Tasks}/1/resources"));
        await NoteAsync("listTasks", _host.Client.GetAsync(Send.Tasks));

        var documented = _document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject())
            .SelectMany(operation => operation.Value.GetProperty("responses").EnumerateObject()
                .Select(answer => $"{operation.Value.GetProperty("operationId").GetString()} {answer.Name}"));
        Assert.Equal(documented.Order(StringComparer.Ordinal), given.Order(StringComparer.Ordinal));

        async Task<JsonElement> NoteAsync(string operation, Task<HttpResponseMessage> asking)
        {
            using var answer = await asking;
            given.Add($"{operation} {(int)answer.StatusCode}");
            return await answer.JsonAsync();
        }
    }

    private static IEnumerable<JsonElement> Descendants(JsonElement node) => node.ValueKind switch
    {
        JsonValueKind.Object => node.EnumerateObject().SelectMany(member => Descendants(member.Value)).Prepend(node),
        JsonValueKind.Array => node.EnumerateArray().SelectMany(Descendants).Prepend(node),
        _ => [node],
    };
}
