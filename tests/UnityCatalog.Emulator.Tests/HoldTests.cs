namespace UnityCatalog.Emulator.Tests;

/// <summary>Requests that are held, and what becomes of them.</summary>
public class HoldTests
{
    private const string Table = "table/main.sales.products";
    private const string Path = $"/permissions/{Table}";
    private const string Grant = """{"changes":[{"principal":"analysts","add":["SELECT"]}]}""";

    [Fact]
    public async Task A_held_request_is_counted_and_goes_on_when_released()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.AdminAsync("POST", "/faults", """{"id":"hold","method":"PATCH","holdUntilReleased":true}""");
        var patch = emulator.PatchAsync(Path, Grant);
        await UntilHeldAsync(emulator, 1);
        Assert.Equal("", await emulator.GrantsAsync(Table));

        await emulator.AdminAsync("POST", "/faults/hold/release");

        Assert.Equal(200, (await patch).Status);
        Assert.Equal("analysts:SELECT", await emulator.GrantsAsync(Table));
        await UntilHeldAsync(emulator, 0);
    }

    [Fact]
    public async Task The_effect_of_a_held_request_comes_although_its_sender_is_gone()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.AdminAsync("POST", "/faults", """{"id":"hold","method":"PATCH","holdUntilReleased":true}""");
        await SendAndDieAsync(emulator, Grant);
        var held = (await emulator.AdminAsync("GET", "/calls?method=PATCH"))["calls"]![0]!;
        Assert.Null(held["endMs"]);

        await emulator.AdminAsync("POST", "/faults/hold/release");
        await UntilAsync(async () => await emulator.GrantsAsync(Table) == "analysts:SELECT");

        await UntilAsync(async () => (await emulator.AdminAsync("GET", "/calls?method=PATCH"))["calls"]![0]!["endMs"] is not null);
        var call = (await emulator.AdminAsync("GET", "/calls?method=PATCH"))["calls"]![0]!;
        Assert.Equal((200, true), ((int)call["status"]!, (bool)call["aborted"]!));
    }

    [Fact]
    public async Task A_write_that_starts_while_a_dead_senders_write_is_held_overlaps_it()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.AdminAsync("POST", "/faults", """{"id":"hold","method":"PATCH","holdUntilReleased":true,"times":1}""");
        await SendAndDieAsync(emulator, Grant);

        Assert.Equal(200, (await emulator.PatchAsync(Path, Grant)).Status);
        await emulator.AdminAsync("POST", "/faults/hold/release");
        await UntilAsync(async () => (int)(await emulator.AdminAsync("GET", "/health"))["inFlight"]! == 0);

        var overlap = Assert.Single((await emulator.AdminAsync("GET", "/overlaps"))["overlaps"]!.AsArray())!;
        Assert.Equal(Table, (string?)overlap["securable"]);
    }

    [Fact]
    public async Task A_hold_ends_by_itself_after_its_seconds_or_with_its_fault()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.AdminAsync("POST", "/faults", """{"path":"*/catalogs","holdSeconds":0.1}""");
        await emulator.AdminAsync("POST", "/faults", """{"id":"long","path":"*/schemas","holdSeconds":600}""");

        Assert.Equal(200, (await emulator.GetAsync("/catalogs")).Status);
        var schemas = emulator.GetAsync("/schemas?catalog_name=main");
        await UntilHeldAsync(emulator, 1);
        await emulator.AdminAsync("DELETE", "/faults/long");
        Assert.Equal(200, (await schemas).Status);
    }

    [Fact]
    public async Task A_held_request_can_be_dropped_instead()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.AdminAsync("POST", "/faults", """{"method":"PATCH","holdSeconds":0.1,"mode":"reset","times":1}""");

        await Assert.ThrowsAsync<HttpRequestException>(() => emulator.PatchAsync(Path, Grant));

        Assert.Equal("", await emulator.GrantsAsync(Table));
    }

    [Fact]
    public async Task The_emulator_stops_although_it_holds_a_request()
    {
        var emulator = await Emulator.StartAsync();
        await emulator.AdminAsync("POST", "/faults", """{"holdUntilReleased":true}""");
        var held = emulator.GetAsync("/catalogs");
        await UntilHeldAsync(emulator, 1);

        var stop = emulator.DisposeAsync().AsTask();

        Assert.Same(stop, await Task.WhenAny(stop, Task.Delay(TimeSpan.FromSeconds(60))));
        await Assert.ThrowsAnyAsync<Exception>(() => held);
    }

    private static async Task SendAndDieAsync(Emulator emulator, string body)
    {
        using var death = new CancellationTokenSource();
        var patch = emulator.SendAsync("PATCH", Path, body, cancellation: death.Token);
        await UntilHeldAsync(emulator, 1);
        await death.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => patch);
        await UntilAsync(async () => (bool)(await emulator.AdminAsync("GET", "/calls?method=PATCH"))["calls"]![0]!["aborted"]!);
    }

    private static Task UntilHeldAsync(Emulator emulator, int count) =>
        UntilAsync(async () => (int)(await emulator.AdminAsync("GET", "/health"))["held"]! == count);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var attempt = 0; attempt < 3000; attempt++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(10);
        }

        Assert.Fail("the condition was not met within 30 s");
    }
}
