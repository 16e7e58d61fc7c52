using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PolicySync.Testing;

/// <summary>The emulator as a process of its own, with its sample metastore.</summary>
public sealed class Emulator : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly HttpClient _http;

    private Emulator(ChildProcess process, Uri url)
    {
        _process = process;
        Url = url;
        _http = new HttpClient { BaseAddress = url };
    }

    public Uri Url { get; }

    public int ProcessId => _process.Id;

    public static async Task<Emulator> StartAsync()
    {
        var portFile = Path.Combine(Path.GetTempPath(), $"emulator-{Guid.NewGuid():N}");
        var process = ChildProcess.StartDotnet(
            Repository.Program("UnityCatalog.Emulator"), ["--urls", "http://127.0.0.1:0", "--port-file", portFile]);
        var url = await Wait.ForAsync(
            () => Task.FromResult(File.Exists(portFile) ? File.ReadAllText(portFile).Trim() : ""),
            text => text.Length > 0 || process.HasExited, TimeSpan.FromSeconds(60), _ => $"the emulator did not start: {process.Output}");
        File.Delete(portFile);
        return new Emulator(process, new Uri(url));
    }

    /// <summary>Direct grants on a securable: principal to its privileges.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlySet<string>>> GrantsAsync(string type, string fullName)
    {
        var grants = (await GetAsync($"_emulator/permissions/{type}/{Uri.EscapeDataString(fullName)}"))["grants"] as JsonArray ?? [];
        return grants.ToDictionary(
            grant => (string?)grant!["principal"] ?? $"#{grant["principalId"]}",
            grant => (IReadOnlySet<string>)grant!["privileges"]!.AsArray().Select(name => (string)name!).ToHashSet());
    }

    /// <summary>Whether a principal holds a privilege directly.</summary>
    public async Task<bool> HoldsAsync(string type, string fullName, string principal, string privilege) =>
        (await GrantsAsync(type, fullName)).TryGetValue(principal, out var privileges) && privileges.Contains(privilege);

    public async Task SetGrantsAsync(string type, string fullName, params (string Principal, string[] Privileges)[] grants) =>
        await SendAsync(HttpMethod.Put, $"_emulator/permissions/{type}/{fullName}",
            new { grants = grants.Select(grant => new { principal = grant.Principal, privileges = grant.Privileges }) });

    /// <summary>Assigns a tag, as whoever may do so on a workspace.</summary>
    public Task TagAsync(string entityType, string entityName, string key, string value = "") => SendAsync(
        HttpMethod.Post, "api/2.1/unity-catalog/entity-tag-assignments",
        new { entity_type = entityType, entity_name = entityName, tag_key = key, tag_value = value });

    /// <summary>Makes an object, with the containers that it lacks.</summary>
    public Task MakeAsync(string type, string fullName, object description) =>
        SendAsync(HttpMethod.Put, $"_emulator/securables/{type}/{Uri.EscapeDataString(fullName)}", description);

    public Task ResetAsync() => SendAsync(HttpMethod.Post, "_emulator/state/reset", new { });

    /// <summary>All grants of the workspace, a line per principal, sorted.</summary>
    public async Task<IReadOnlyList<string>> AllGrantsAsync()
    {
        var lines = new List<string>();
        Collect(await GetAsync("_emulator/state"), "");
        lines.Sort(StringComparer.Ordinal);
        return lines;

        void Collect(JsonNode? node, string path)
        {
            if (node is JsonArray array)
            {
                foreach (var item in array)
                {
                    Collect(item, path);
                }
            }
            else if (node is JsonObject one)
            {
                var here = $"{path}/{one["name"]}";
                foreach (var grant in one["grants"] as JsonArray ?? [])
                {
                    var privileges = grant!["privileges"]!.AsArray().Select(name => (string)name!).Order(StringComparer.Ordinal);
                    lines.Add($"{here} {grant["principal"] ?? grant["principalId"]}: {string.Join(',', privileges)}");
                }

                foreach (var (_, below) in one.Where(member => member.Value is JsonArray && member.Key != "grants"))
                {
                    Collect(below, here);
                }
            }
        }
    }

    /// <summary>Sends a request to the workspace as a person would by hand.</summary>
    public async Task CallAsync(string token, string method, string path, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new("Bearer", token);
        using var response = await _http.SendAsync(request);
        await ThrowUnlessSuccessAsync(response, $"{method} {path} {body}");
    }

    public Task AddPrincipalsAsync(object principals) => SendAsync(HttpMethod.Post, "_emulator/principals", principals);

    public Task GenerateAsync(string catalog, int schemas, int tablesPerSchema) => SendAsync(
        HttpMethod.Post, "_emulator/generate", new { catalog, schemas, tablesPerSchema, owner = "platform-admins" });

    /// <summary>Replaces the emulator's settings.</summary>
    public Task SetAsync(object settings) => SendAsync(HttpMethod.Put, "_emulator/settings", settings);

    public Task FaultAsync(object fault) => SendAsync(HttpMethod.Post, "_emulator/faults", fault);

    /// <summary>Begins to keep what principals read of a table at every moment.</summary>
    public Task WatchAsync(string table, params string[] principals) =>
        SendAsync(HttpMethod.Put, $"_emulator/watches/{Uri.EscapeDataString(table)}", new { table, principals });

    /// <summary>What has been kept, oldest first: by table, who read what, and since which call.</summary>
    public async Task<IReadOnlyList<(string Table, string Principal, IReadOnlyList<string?[]>? Rows, string? Call)>> ReadingsAsync() =>
        [.. (await GetAsync("_emulator/watches"))["watches"]!.AsArray().SelectMany(watch => watch!["readings"]!.AsArray().Select(reading =>
            ((string)watch["id"]!, (string)reading!["principal"]!, RowsOf(reading["answer"]!), (string?)reading["call"])))];

    /// <summary>The rows that a principal reads of a table now; null when it may not read.</summary>
    public async Task<IReadOnlyList<string?[]>?> ReadAsync(string principal, string table)
    {
        using var response = await _http.PostAsJsonAsync("_emulator/query", new { principal, table });
        await ThrowUnlessSuccessAsync(response, "query");
        return RowsOf((await response.Content.ReadFromJsonAsync<JsonNode>())!);
    }

    /// <summary>Full names of all functions, and of those that are row filters or masks.</summary>
    public async Task<(IReadOnlyList<string> All, IReadOnlyList<string> Used)> FunctionsAsync()
    {
        var (all, used) = (new List<string>(), new List<string>());
        foreach (var catalog in (await GetAsync("_emulator/state"))["catalogs"]!.AsArray())
        {
            foreach (var schema in catalog!["schemas"]?.AsArray() ?? [])
            {
                all.AddRange((schema!["functions"]?.AsArray() ?? []).Select(function => $"{catalog["name"]}.{schema["name"]}.{function!["name"]}"));
                foreach (var table in schema["tables"]?.AsArray() ?? [])
                {
                    used.AddRange((table!["columns"]?.AsArray() ?? []).Select(column => column!["mask"]).Append(table["rowFilter"])
                        .OfType<JsonNode>().Select(guard => (string)guard["function"]!));
                }
            }
        }

        return (all, used);
    }

    public Task ReleaseAsync(string fault) => SendAsync(HttpMethod.Post, $"_emulator/faults/{fault}/release", new { });

    public Task RemoveFaultAsync(string fault) => SendAsync(HttpMethod.Delete, $"_emulator/faults/{fault}", null);

    /// <summary>Requests that all faults together hold now.</summary>
    public async Task<int> HeldAsync() => (int)(await GetAsync("_emulator/faults"))["held"]!;

    /// <summary>Requests that a fault holds now.</summary>
    public async Task<int> HeldAsync(string fault) => (int)(await GetAsync($"_emulator/faults/{fault}"))["held"]!;

    public async Task ForgetCallsAsync() => await SendAsync(HttpMethod.Delete, "_emulator/calls", null);

    /// <summary>Recorded calls, oldest first.</summary>
    public async Task<IReadOnlyList<Call>> CallsAsync(string? method = null) =>
        (await GetAsync("_emulator/calls" + (method is null ? "" : $"?method={method}")))["calls"]!
        .Deserialize<IReadOnlyList<Call>>(JsonSerializerOptions.Web)!;

    /// <summary>Writes on one securable that overlapped, or followed each other without a full read between.</summary>
    public async Task<(int Overlaps, int MissingReads)> WriteFaultsAsync()
    {
        var report = await GetAsync("_emulator/overlaps");
        return (report["overlaps"]?.AsArray().Count ?? 0, report["missingReads"]?.AsArray().Count ?? 0);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    private static IReadOnlyList<string?[]>? RowsOf(JsonNode answer) => !(bool)answer["allowed"]! ? null
        : [.. answer["rows"]!.AsArray().Select(row => row!.AsArray().Select(value => (string?)value).ToArray())];

    private async Task<JsonNode> GetAsync(string path) => (await _http.GetFromJsonAsync<JsonNode>(path))!;

    private async Task SendAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "dapi-emulator-admin");
        using var response = await _http.SendAsync(request);
        await ThrowUnlessSuccessAsync(response, $"{method} {path}");
    }

    private static async Task ThrowUnlessSuccessAsync(HttpResponseMessage response, string request)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{request}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }
    }
}

/// <summary>One recorded call.</summary>
public sealed record Call(long Sequence, string Method, string Path, string? Securable, int? Status, string? Body)
{
    /// <summary>When it came, in milliseconds of the emulator's clock.</summary>
    public double StartMs { get; init; }

    /// <summary>When it was answered; null while it is under way.</summary>
    public double? EndMs { get; init; }

    /// <summary>From the question mark on; null without one.</summary>
    public string? Query { get; init; }

    /// <summary>Whether the budget counts it: everything but requests for tokens.</summary>
    public bool IsBudgeted => !Path.StartsWith("/oidc/", StringComparison.Ordinal);
}
