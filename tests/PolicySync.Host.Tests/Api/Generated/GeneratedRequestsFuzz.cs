using System.Text.Json;
using System.Text.RegularExpressions;
using PolicySync.Core.Errors;
using PolicySync.Core.Policies.Sets;
using PolicySync.Core.Tasks;
using PolicySync.Host.Tests.Support;
using Xunit.Abstractions;

namespace PolicySync.Host.Tests.Api.Generated;

/// <summary>Requests that are made from the OpenAPI document, and damaged: none is a 5xx, and no answer is outside the document.</summary>
public sealed partial class GeneratedRequestsFuzz(ITestOutputHelper output)
{
    /// <summary>Headers that every answer of the service may have; the others are those of the document.</summary>
    private static readonly HashSet<string> Common = new(StringComparer.OrdinalIgnoreCase)
    {
        "Content-Type", "Content-Length", "Cache-Control", "Pragma", "Expires", "X-Content-Type-Options", "X-Frame-Options", "Content-Security-Policy",
        "Referrer-Policy", "Date", "Server",
    };

    [Fact]
    public async Task No_generated_request_is_a_5xx_and_no_answer_is_outside_the_document()
    {
        var rounds = FuzzRun.Count(5_000);
        output.WriteLine($"seed: FUZZ_SEED={FuzzRun.Seed}, rounds: {rounds}");
        await using var host = await TestHost.StartAsync(time: new HurriedTime(), settings: ("PolicySync:Http:RequestsPerSecondPerToken", "1000000"));
        using var document = await host.Client.GetAsync("/openapi/v1.json");
        var api = new DescribedApi(await document.JsonAsync());
        var generator = new RequestGenerator(api, await TasksAsync(host));
        for (var n = 0; n < 20; n++)
        {
            await host.Drift.AddAsync($"t{n}", TestDrift.Missing, TestDrift.Foreign);
        }

        using var clients = new Clients(host);
        var seen = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var round = 0; round < rounds; round++)
        {
            var random = FuzzRun.RandomOf(round);
            var operation = random.OneOf(api.Operations);
            var (message, token) = generator.Next(operation, random);
            using (message)
            {
                var outcome = await JudgeAsync(api, operation, message, clients[token], $"FUZZ_SEED={FuzzRun.Seed}, round {round}");
                seen[outcome] = seen.GetValueOrDefault(outcome) + 1;
            }
        }

        output.WriteLine(string.Join('\n', seen.Select(pair => $"{pair.Key}: {pair.Value}")));

        // Each operation was refused and did its work, or the requests prove nothing.
        Assert.All(api.Operations, operation => Assert.Contains(seen.Keys, key => key.StartsWith($"{operation.Id} 2", StringComparison.Ordinal)));
        Assert.All(api.Operations, operation => Assert.Contains($"{operation.Id} 400", seen.Keys));
    }

    private static async Task<string> JudgeAsync(
        DescribedApi api, DescribedOperation operation, HttpRequestMessage message, HttpClient client, string round)
    {
        using var answer = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
        var status = (int)answer.StatusCode;
        var name = $"{round}: {message.Method} {message.RequestUri}: {status}";
        Assert.True(status < 500, name);

        // Another method, or an id that makes another path, is another operation's matter, or no one's.
        // `policies/diff` is no id of a policy.
        var met = api.Operations.Where(known => known.Method == message.Method.Method && Matches(known.Path, message.RequestUri!))
            .MinBy(known => known.Path.Count(letter => letter == '{')) ?? operation;
        Assert.True(met.Answer(status) is not null || (met == operation && status == 404), $"{name} is not a documented status of {met.Id}");
        if (met.Answer(status) is { } described && message.Method != HttpMethod.Head)
        {
            Assert.Empty(Undocumented(answer, described).Select(header => $"{name}: the header {header} is not in the document"));
            await CheckBodyAsync(api, answer, described, name);
        }

        return $"{met.Id} {status}";
    }

    private static async Task CheckBodyAsync(DescribedApi api, HttpResponseMessage answer, JsonElement described, string name)
    {
        var type = answer.Content.Headers.ContentType?.MediaType;
        if (!described.TryGetProperty("content", out _))
        {
            Assert.True(await answer.Content.ReadAsStringAsync() is "", $"{name}: a body is not in the document");
            return;
        }

        Assert.True(described.GetProperty("content").TryGetProperty(type ?? "", out var content), $"{name}: the type {type} is not in the document");
        if (type!.EndsWith("json", StringComparison.Ordinal))
        {
            Assert.Empty(api.Differences(content.GetProperty("schema"), await answer.JsonAsync()).Select(difference => $"{name}: {difference}"));
        }
    }

    private static IEnumerable<string> Undocumented(HttpResponseMessage answer, JsonElement described)
    {
        var known = described.TryGetProperty("headers", out var headers) ? headers.EnumerateObject().Select(header => header.Name) : [];
        return answer.Headers.Concat(answer.Content.Headers).Select(header => header.Key).Except(Common.Concat(known), StringComparer.OrdinalIgnoreCase);
    }

    [GeneratedRegex(@"\\\{\w+\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();

    private static bool Matches(string template, Uri address)
    {
        var path = address.IsAbsoluteUri ? address.AbsolutePath : address.OriginalString.Split('?')[0];
        var pattern = Parameter().Replace(Regex.Escape(template), "[^/:]*");
        return Regex.IsMatch(path, $"^{pattern}$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
    }

    /// <summary>Tasks in each state, with results of each kind.</summary>
    private static async Task<IReadOnlyList<string>> TasksAsync(TestHost host)
    {
        var ids = new List<string>();
        foreach (var status in Enum.GetValues<SyncTaskStatus>())
        {
            var task = await host.Store.AcceptAsync(TestStore.Request, default);
            ids.Add(task.Id.ToString());
            await host.Store.SaveResultsAsync(task.Id, 0, Results, default);
            task = task with { Status = status, StartTime = task.CreateTime, PolicyVersion = 7 };
            if (status.IsTerminal())
            {
                IReadOnlyList<TaskFailure> failures = [new("table", "a.b.c", SyncErrorCode.NotManaged, "m")];
                await host.Store.FinishAsync(
                    task with { Outcome = SyncTaskOutcome.Partial, EndTime = task.CreateTime, Failures = failures }, default);
            }
            else
            {
                await host.Store.SaveAsync(task, default);
            }
        }

        await PlanAsync(SyncTaskStatus.Success);
        await PlanAsync(SyncTaskStatus.Failed);
        ids.Add((await host.Store.AcceptAsync(Plan, default)).Id.ToString());
        return ids;

        async Task PlanAsync(SyncTaskStatus status)
        {
            var plan = await host.Store.AcceptAsync(Plan, default);
            ids.Add(plan.Id.ToString());
            await host.Store.SaveResultsAsync(plan.Id, 0, Results, default);
            await host.Store.FinishAsync(plan with { Status = status, Outcome = SyncTaskOutcome.Succeeded, EndTime = plan.CreateTime }, default);
        }
    }

    // Made from the policies of the host.
    private static SyncRequest Plan => TestStore.Request with
    {
        Type = TaskTypes.Plan, DryRun = true, Plan = new PlanSource(PolicyContent.DigestOf(RecordedPolicies.Set), 41, "stamp-41"),
    };

    private static IReadOnlyList<ResourceResult> Results { get; } =
    [
        ResourceResult.Skip("table", "a.b.c", SyncErrorCode.NotManaged, "m"),
        new()
        {
            Type = "table",
            FullName = "a.b.d",
            Status = ResourceStatus.Success,
            Message = "m",
            Changes = [new(ChangeAction.Grant, "p", "SELECT", null, 1, "n"), new(ChangeAction.SetMask, null, null, "c", null, null)],
            ChangeCount = 2,
            Gaps = [new(GapCode.OwnerAccess, GapDirection.Exposed, null, null, "d", null)],
            GapCount = 1,
            ExternalChanges = [new(ChangeAction.Revoke, "p", "SELECT", 1, "2", "by", DateTimeOffset.UnixEpoch)],
            ExternalChangeCount = 1,
            PlannedCalls = [new("PATCH", "/x", """{"changes":[]}""") { AfterChildren = true }],
            PlannedCallCount = 1,
            Drifted = true,
            ValidUntil = DateTimeOffset.UnixEpoch,
        },
    ];

    /// <summary>A client for each kind of token.</summary>
    private sealed class Clients(TestHost host) : IDisposable
    {
        private readonly HttpClient _scopeless = host.ClientWith(host.Signer.Token(claims => claims["scope"] = "other"));
        private readonly HttpClient _good = host.ClientOf("policysync.tasks", "policysync.ops");
        private readonly HttpClient _damaged = host.ClientWith(host.Signer.Token()[..^3]);

        public HttpClient this[TokenKind kind] => kind switch
        {
            TokenKind.WithoutScope => _scopeless,
            TokenKind.Damaged => _damaged,
            TokenKind.Absent => host.Anonymous,
            _ => _good,
        };

        public void Dispose()
        {
            _good.Dispose();
            _scopeless.Dispose();
            _damaged.Dispose();
        }
    }
}
