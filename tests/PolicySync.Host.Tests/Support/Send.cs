using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace PolicySync.Host.Tests.Support;

/// <summary>Requests and what must hold of every answer.</summary>
internal static class Send
{
    public const string Task = "/policysync/api/v1/task";

    public const string Tasks = "/policysync/api/v1/tasks";

    public const string Table =
        """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"table","values":{"catalog":"main","schema":"sales","table":"customers"}}]}}""";

    public const string Plans = "/policysync/api/v1/plans";

    public const string Plan =
        """{"resources":[{"type":"table","values":{"catalog":"main","schema":"sales","table":"customers"}}]}""";

    public const string Records = "/policysync/api/v1/records";

    /// <summary>A record of the host's own instance.</summary>
    public const string Import =
        """{"instance":"instance1","records":[{"kind":"SUSPENSION","fullName":"main.audit","content":{"reason":"audit","endTime":"2999-01-01T00:00:00Z","createTime":"2026-11-30T12:00:00Z"}}]}""";

    public const string Diff = "/policysync/api/v1/policies/diff";

    /// <summary>The policies of the host without one of them.</summary>
    public const string Change = """{"policy":{"id":1,"delete":true}}""";

    public static Task<HttpResponseMessage> PostAsync(this HttpClient client, string body, string path = Task) =>
        client.PostAsync(Encoding.UTF8.GetBytes(body), path: path);

    public static Task<HttpResponseMessage> PostAsync(this HttpClient client, byte[] body, string type = "application/json", string path = Task)
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return client.PostAsync(path, content);
    }

    public const string Explain = "/policysync/api/v1/explain";

    /// <summary>A question about a table of the schema <c>main.s</c>.</summary>
    public static string Question(string table = "orders") =>
        $$$"""{"principal":"ann@x.io","privilege":"SELECT","securable":{"type":"table","fullName":"main.s.{{{table}}}"}}""";

    /// <summary>Asks for an explanation.</summary>
    public static Task<HttpResponseMessage> AskAsync(this HttpClient client, string body, string type = "application/json")
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return client.PostAsync(Explain, content);
    }

    /// <summary>A POST without a body.</summary>
    public static Task<HttpResponseMessage> ActAsync(this HttpClient client, string path) => client.PostAsync(path, content: null);

    /// <summary>A PUT of a suspension; a good one unless <paramref name="body"/> says otherwise.</summary>
    public static Task<HttpResponseMessage> SuspendAsync(this HttpClient client, string path, string? body = null, string type = "application/json")
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body ?? $$"""{"reason":"an audit","endTime":"{{DateTimeOffset.UtcNow.AddHours(1):O}}"}"""));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return client.PutAsync(path, content);
    }

    /// <summary>A POST that ignores a difference; a good one unless <paramref name="body"/> says otherwise.</summary>
    public static Task<HttpResponseMessage> IgnoreAsync(this HttpClient client, string path, string? body = null, string type = "application/json")
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body ?? $$"""{"reason":"known","endTime":"{{DateTimeOffset.UtcNow.AddHours(1):O}}"}"""));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return client.PostAsync($"{path}:ignore", content);
    }

    /// <summary>A POST of what a difference is to become, with an empty object as its body where that is ignored.</summary>
    public static Task<HttpResponseMessage> ActOnAsync(this HttpClient client, string path) => path.Contains(":ignore", StringComparison.Ordinal)
        ? client.PostAsync(path, new StringContent($$"""{"reason":"known","endTime":"{{DateTimeOffset.UtcNow.AddHours(1):O}}"}""", Encoding.UTF8, "application/json"))
        : client.PostAsync(path, content: null);

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer) =>
        JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync());

    /// <summary>The answer is a problem document of <paramref name="status"/> that tells nothing of the inside.</summary>
    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage answer, HttpStatusCode status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == answer.StatusCode, $"{answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
        var problem = JsonElement.Parse(text);
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.NotEmpty(problem.GetProperty("type").GetString()!);
        Assert.NotEmpty(problem.GetProperty("instance").GetString()!);
        Assert.NotEmpty(problem.GetProperty("traceId").GetString()!);
        return problem;
    }

    /// <summary>Pointers (or parameters) of a problem's faults.</summary>
    public static IEnumerable<string> Pointers(this JsonElement problem) => problem.GetProperty("errors").EnumerateArray()
        .Select(fault => fault.TryGetProperty("pointer", out var pointer) ? pointer.GetString()! : fault.GetProperty("parameter").GetString()!);

    /// <summary>The texts of a list.</summary>
    public static IEnumerable<string?> Texts(this JsonElement element, string name) =>
        element.GetProperty(name).EnumerateArray().Select(item => item.GetString());

    public static AuthenticationHeaderValue Bearer(string token) => new("Bearer", token);
}
