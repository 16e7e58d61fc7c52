using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace PolicySync.Benchmarks.Walks;

/// <summary>
/// A program that only sends calls and reads their answers, without deciding anything: the least time that the calls of a walk or
/// a task take. It sends what the emulator recorded of the service.
/// </summary>
internal sealed class PlainClient : IDisposable
{
    private readonly HttpClient _http;

    public PlainClient(Uri workspace)
    {
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { BaseAddress = workspace };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "dapi-emulator-policysync");
    }

    /// <summary>
    /// Sends the calls of a walk: listings and calls about containers one after the other; those about leaves side by side, and in
    /// their order for each leaf.
    /// </summary>
    /// <param name="calls">What was recorded, in order.</param>
    /// <param name="concurrency">Leaves at once.</param>
    /// <param name="address">Turns an address that was recorded into the one to send.</param>
    public async Task<TimeSpan> WalkAsync(IReadOnlyList<Call> calls, int concurrency, Func<string, string> address)
    {
        var start = Stopwatch.GetTimestamp();
        var leaves = new List<Call>();
        foreach (var call in calls)
        {
            if (IsAboutLeaf(call))
            {
                leaves.Add(call);
                continue;
            }

            await SendLeavesAsync(leaves, concurrency, address);
            leaves.Clear();
            await SendAsync(call, address);
        }

        await SendLeavesAsync(leaves, concurrency, address);
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Sends calls one after the other, but those that are told to be independent side by side.</summary>
    /// <param name="steps">Steps in order, each of calls that do not depend on each other.</param>
    public async Task<TimeSpan> StepsAsync(IEnumerable<IReadOnlyList<Call>> steps, Func<string, string> address)
    {
        var start = Stopwatch.GetTimestamp();
        foreach (var step in steps)
        {
            await Task.WhenAll(step.Select(call => SendAsync(call, address)));
        }

        return Stopwatch.GetElapsedTime(start);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Whether a call is about a table's permissions, and so waits for nothing but calls about the same table.</summary>
    private static bool IsAboutLeaf(Call call) => call.Securable?.StartsWith("table", StringComparison.OrdinalIgnoreCase) == true;

    private Task SendLeavesAsync(IEnumerable<Call> calls, int concurrency, Func<string, string> address) => Parallel.ForEachAsync(
        calls.GroupBy(call => call.Securable).Select(leaf => leaf.ToList()), new ParallelOptions { MaxDegreeOfParallelism = concurrency },
        async (leaf, _) =>
        {
            foreach (var call in leaf)
            {
                await SendAsync(call, address);
            }
        });

    private async Task SendAsync(Call call, Func<string, string> address)
    {
        using var request = new HttpRequestMessage(new HttpMethod(call.Method), new Uri(address(call.Path + call.Query), UriKind.Relative));
        if (call.Body is { } body)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var answer = await _http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        using var document = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync());
    }
}
