using PolicySync.EndToEnd.Tests.Stack;

namespace PolicySync.EndToEnd.Tests.Operations;

/// <summary>What a task leaves in traces and logs, as a collector gets it.</summary>
public sealed class TraceTests(AzuriteFixture azurite) : StackTest(azurite)
{
    private const string Table = "main.sales.customers";
    private const string TaskId = "policysync.task.id";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_trace_leads_from_the_request_through_the_grains_to_the_change_and_names_the_task_on_each_span()
    {
        await using var sink = new TraceSink();
        var host = await StartTracedAsync(sink);

        var task = await host.RunAsync(Payload.Table(Table));
        var id = (string)task["taskId"]!;

        var change = await SpanAsync(sink, span => span.Name == "PATCH" && UrlOf(span).Contains($"/permissions/table/{Table}", StringComparison.Ordinal));
        var chain = await ChainAsync(sink, change);
        Assert.Equal("/policysync/api/v1/task", chain[^1].Tags.GetValueOrDefault("http.route"));
        Assert.Contains(chain, span => span.Name == "policysync.task");
        Assert.Contains(chain, span => span.Name == "policysync.run" && span.Tags["policysync.securable"] == Table);
        Assert.Contains(chain, span => span.Name.Contains("ISyncTaskGrain", StringComparison.Ordinal));
        Assert.Contains(chain, span => span.Name.Contains("IResourceGrain", StringComparison.Ordinal));
        Assert.Equal(change.Trace, (string?)task["traceId"]);
        Assert.All(chain, span => Assert.Equal((change.Trace, id), (span.Trace, span.Tags.GetValueOrDefault(TaskId))));
        await Wait.ForAsync(() => Task.FromResult(host.Log), log => log.Split('\n').Any(line =>
            line.Contains("ended Success", StringComparison.Ordinal) && line.Contains($"\"TaskId\":\"{id}\"", StringComparison.Ordinal)), Limit, log => log!);
    }

    [Fact]
    public async Task A_run_that_several_tasks_share_names_them_all_and_is_linked_to_each_trace()
    {
        await using var sink = new TraceSink();
        var host = await StartTracedAsync(sink);
        await Emulator.FaultAsync(new { id = "held", method = "GET", path = $"*/permissions/table/{Table}", holdUntilReleased = true, times = 1 });
        await host.PostAsync(Payload.Table(Table));
        await Wait.ForAsync(() => Emulator.HeldAsync("held"), held => held > 0, Limit, _ => "nothing is held");
        string[] ids = [await host.PostAsync(Payload.Table(Table)), await host.PostAsync(Payload.Table(Table))];
        var joined = await Task.WhenAll(ids.Select(id => SpanAsync(
            sink, span => span.Name.Contains("IResourceGrain", StringComparison.Ordinal) && span.Tags.GetValueOrDefault(TaskId) == id)));
        await Emulator.ReleaseAsync("held");
        await Task.WhenAll(ids.Select(id => host.EndOfAsync(id)));

        var shared = await SpanAsync(sink, span => span.Name == "policysync.run" && span.Tags.GetValueOrDefault("policysync.securable") == Table
            && ids.All(id => span.Tags["policysync.task.ids"].Contains(id, StringComparison.Ordinal)));

        var parent = await SpanAsync(sink, span => span.Id == shared.Parent);
        var linked = await Task.WhenAll(shared.Links.Select(link => SpanAsync(sink, span => span.Id == link)));
        Assert.Equal(ids.Order(), linked.Append(parent).Select(span => span.Tags[TaskId]).Order());
        Assert.Equal(2, joined.Select(span => span.Trace).Distinct().Count());
    }

    private async Task<Host> StartTracedAsync(TraceSink sink)
    {
        Policies.Allow("read", Table, "select", "@analysts").Publish();
        return await StartHostAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", sink.Url), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_BSP_SCHEDULE_DELAY", "200"));
    }

    private static string UrlOf(Span span) => span.Tags.GetValueOrDefault("url.full") ?? "";

    private static async Task<Span> SpanAsync(TraceSink sink, Func<Span, bool> holds) => (await Wait.ForAsync(
        () => Task.FromResult(sink.Spans.FirstOrDefault(holds)), span => span is not null, Limit,
        _ => string.Join('\n', sink.Spans.Select(span => $"{span.Name} {UrlOf(span)} {span.Tags.GetValueOrDefault(TaskId)}"))))!;

    // Spans come when they end, so those further up come later.
    private static async Task<IReadOnlyList<Span>> ChainAsync(TraceSink sink, Span span)
    {
        var chain = new List<Span> { span };
        while (chain[^1].Parent.Length > 0)
        {
            chain.Add(await SpanAsync(sink, above => above.Id == chain[^1].Parent));
        }

        return chain;
    }
}
