using System.Diagnostics;
using UnityCatalog.Emulator.Hosting;

namespace UnityCatalog.Emulator.Tests;

public class FaultTests
{
    private const string Table = "table/main.sales.products";
    private const string Grant = """{"changes":[{"principal":"analysts","add":["SELECT"]}]}""";

    [Theory]
    [InlineData(429, "REQUEST_LIMIT_EXCEEDED")]
    [InlineData(500, "INTERNAL_ERROR")]
    [InlineData(503, "TEMPORARILY_UNAVAILABLE")]
    [InlineData(504, "DEADLINE_EXCEEDED")]
    [InlineData(409, "RESOURCE_CONFLICT")]
    public async Task A_status_alone_brings_its_customary_code(int status, string code)
    {
        await using var emulator = await WithFaultAsync($$"""{"path":"*/permissions/*","status":{{status}}}""");

        var struck = await emulator.GetAsync($"/permissions/{Table}");
        var spared = await emulator.GetAsync("/tables/main.sales.products");

        Assert.Equal((status, code, 200), (struck.Status, struck.Code, spared.Status));
    }

    [Fact]
    public async Task Code_message_and_body_can_be_chosen()
    {
        await using var emulator = await WithFaultAsync(
            """{"path":"*/catalogs","status":403,"errorCode":"CUSTOMER_UNAUTHORIZED","message":"IP not allowed"}""",
            """{"path":"*/schemas","status":502,"body":"<html><pre>bad gateway</pre></html>","contentType":"text/html"}""");

        var chosen = await emulator.GetAsync("/catalogs");
        var raw = await emulator.GetAsync("/schemas?catalog_name=main");

        Assert.Equal(("CUSTOMER_UNAUTHORIZED", "IP not allowed"), (chosen.Code, chosen.Message));
        Assert.Equal((502, "<html><pre>bad gateway</pre></html>", "text/html"), (raw.Status, raw.Text, raw.ContentType));
    }

    [Theory]
    [InlineData("7", "7")]
    [InlineData("\"7\"", "7")]
    [InlineData("\"Wed, 21 Oct 2026 07:28:00 GMT\"", "Wed, 21 Oct 2026 07:28:00 GMT")]
    public async Task Retry_After_is_seconds_or_a_date(string given, string header)
    {
        await using var emulator = await WithFaultAsync($$"""{"status":429,"retryAfter":{{given}}}""");

        Assert.Equal(header, (await emulator.GetAsync("/catalogs")).RetryAfter);
    }

    [Fact]
    public async Task A_fault_strikes_after_so_many_for_so_many_times_and_counts()
    {
        await using var emulator = await WithFaultAsync("""{"id":"f","method":"get","path":"*/catalogs","status":503,"skip":1,"times":2}""");
        var statuses = new List<int>();
        for (var i = 0; i < 5; i++)
        {
            statuses.Add((await emulator.GetAsync("/catalogs")).Status);
        }

        Assert.Equal([200, 503, 503, 200, 200], statuses);
        var fault = await emulator.AdminAsync("GET", "/faults/f");
        Assert.Equal((5, 2), ((int)fault["matched"]!, (int)fault["applied"]!));
    }

    [Fact]
    public async Task A_fault_with_a_probability_strikes_the_same_calls_for_the_same_seed()
    {
        const string fault = """{"status":503,"probability":0.5,"seed":7}""";
        await using var one = await WithFaultAsync(fault);
        await using var other = await WithFaultAsync(fault);
        var (first, second) = (new List<int>(), new List<int>());
        for (var i = 0; i < 20; i++)
        {
            first.Add((await one.GetAsync("/catalogs")).Status);
            second.Add((await other.GetAsync("/catalogs")).Status);
        }

        Assert.Equal(first, second);
        Assert.Equal([200, 503], first.Distinct().Order());
    }

    [Fact]
    public async Task A_change_can_be_made_although_an_error_is_answered()
    {
        await using var emulator = await WithFaultAsync("""{"method":"PATCH","mode":"applyThenError","status":500,"times":1}""");

        var answer = await emulator.PatchAsync($"/permissions/{Table}", Grant);

        Assert.Equal((500, "analysts:SELECT"), (answer.Status, await emulator.GrantsAsync(Table)));
    }

    [Theory]
    [InlineData("reset", "")]
    [InlineData("applyThenReset", "analysts:SELECT")]
    public async Task A_connection_can_be_cut_before_or_after_the_change(string mode, string grants)
    {
        await using var emulator = await WithFaultAsync($$"""{"method":"PATCH","mode":"{{mode}}","times":1}""");

        await Assert.ThrowsAsync<HttpRequestException>(() => emulator.PatchAsync($"/permissions/{Table}", Grant));

        Assert.Equal(grants, await emulator.GrantsAsync(Table));
        var call = (await emulator.AdminAsync("GET", "/calls?method=PATCH"))["calls"]![0]!;
        Assert.True((bool)call["aborted"]!);
        Assert.Null(call["status"]);
    }

    [Fact]
    public async Task A_delay_lasts_as_long_as_it_says()
    {
        await using var emulator = await WithFaultAsync("""{"delayMs":200}""");
        var watch = Stopwatch.StartNew();

        await emulator.GetAsync("/catalogs");

        Assert.InRange(watch.ElapsedMilliseconds, 190, long.MaxValue);
    }

    [Fact]
    public async Task A_reader_lags_behind_the_writer_for_a_while()
    {
        var time = new ManualTime();
        await using var emulator = await Emulator.StartAsync(new EmulatorOptions { Time = time });
        await emulator.AdminAsync("POST", "/faults", """{"method":"GET","path":"*permissions*","readLagMs":1000}""");
        time.Advance(TimeSpan.FromSeconds(5));

        await emulator.PatchAsync($"/permissions/{Table}", Grant);
        time.Advance(TimeSpan.FromMilliseconds(600));
        await emulator.PatchAsync($"/permissions/{Table}", """{"changes":[{"principal":"analysts","add":["MODIFY"]}]}""");

        Assert.Equal("", await emulator.GrantsAsync(Table));
        time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal("analysts:SELECT", await emulator.GrantsAsync(Table));
        time.Advance(TimeSpan.FromMilliseconds(600));
        Assert.Equal("analysts:MODIFY,SELECT", await emulator.GrantsAsync(Table));
    }

    [Fact]
    public async Task A_rate_limit_lets_a_burst_through_and_refills_with_time()
    {
        var time = new ManualTime();
        await using var emulator = await Emulator.StartAsync(new EmulatorOptions { Time = time });
        await emulator.AdminAsync("POST", "/faults", """{"rateLimit":{"perSecond":2,"burst":3},"retryAfter":1}""");
        async Task<string> CallAsync(int times)
        {
            var statuses = new List<int>();
            while (statuses.Count < times)
            {
                statuses.Add((await emulator.GetAsync("/catalogs")).Status);
            }

            return string.Join(' ', statuses);
        }

        Assert.Equal("200 200 200 429", await CallAsync(4));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("200 200", await CallAsync(2));

        var refused = await emulator.GetAsync("/catalogs");
        Assert.Equal((429, "REQUEST_LIMIT_EXCEEDED", "1"), (refused.Status, refused.Code, refused.RetryAfter));
    }

    [Fact]
    public async Task Faults_can_be_listed_replaced_and_taken_away()
    {
        await using var emulator = await WithFaultAsync("""{"id":"f","status":503}""", """{"status":500,"path":"/nowhere"}""");
        await emulator.AdminAsync("POST", "/faults", """{"id":"f","status":504}""");

        Assert.Equal(504, (await emulator.GetAsync("/catalogs")).Status);
        Assert.Equal(2, (await emulator.AdminAsync("GET", "/faults"))["faults"]!.AsArray().Count);
        await emulator.AdminAsync("DELETE", "/faults/f");
        Assert.Equal(200, (await emulator.GetAsync("/catalogs")).Status);
        await emulator.AdminAsync("DELETE", "/faults");
        Assert.Empty((await emulator.AdminAsync("GET", "/faults"))["faults"]!.AsArray());
    }

    [Theory]
    [InlineData("""{"status":42}""")]
    [InlineData("""{"probability":2}""")]
    [InlineData("""{"rateLimit":{"perSecond":0}}""")]
    [InlineData("""{"staus":500}""")]
    [InlineData("""{"mode":"explode"}""")]
    public async Task A_fault_that_makes_no_sense_is_refused(string fault)
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.SendAsync("POST", "/_emulator/faults", fault, token: null);

        Assert.Equal(400, answer.Status);
        Assert.NotNull(answer.Json["error"]);
    }

    private static async Task<Emulator> WithFaultAsync(params string[] faults)
    {
        var emulator = await Emulator.StartAsync();
        foreach (var fault in faults)
        {
            await emulator.AdminAsync("POST", "/faults", fault);
        }

        return emulator;
    }
}
