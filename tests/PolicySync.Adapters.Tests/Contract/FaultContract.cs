using Microsoft.Extensions.DependencyInjection;
using PolicySync.Adapters.Tests.Support;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.Tests.Contract;

[Collection(EmulatorTests.Name)]
public sealed class FaultContract(EmulatorProcess emulator) : IAsyncLifetime
{
    private const string Secret = "emulator-policysync-secret";

    private static readonly Securable Customers = Securable.Table("main", "sales", "customers");
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly PermissionChange[] Change = [new("ana.analyst@example.com", null, ["MODIFY"], [])];

    private readonly ServiceProvider _adapters = emulator.Adapters();
    private readonly CallMeter _meter = new();

    private IUnityCatalog Catalog => _adapters.GetRequiredService<IUnityCatalog>();

    public async Task InitializeAsync()
    {
        await emulator.ResetAsync();
        await emulator.AdminAsync(HttpMethod.Put, "permissions/table/main.sales.customers", """{"grants":[]}""");
    }

    public async Task DisposeAsync() => await _adapters.DisposeAsync();

    [Theory]
    [InlineData("""{"status":429,"retryAfter":1,"times":1}""")]
    [InlineData("""{"status":429,"times":2}""")]
    [InlineData("""{"status":503,"times":2}""")]
    [InlineData("""{"status":500,"times":1}""")]
    [InlineData("""{"mode":"reset","times":2}""")]
    [InlineData("""{"status":502,"body":"<html><title>Bad Gateway</title></html>","contentType":"text/html","times":1}""")]
    public async Task A_read_overcomes_a_passing_fault(string fault)
    {
        await emulator.AdminAsync(HttpMethod.Post, "faults", fault);

        Assert.NotNull((await Catalog.GetAsync(Customers, _meter, default)).Identity);
        Assert.InRange(_meter.Calls, 2, 3);
    }

    [Theory]
    [InlineData("""{"method":"PATCH","mode":"applyThenReset","times":1}""", true)]
    [InlineData("""{"method":"PATCH","mode":"applyThenError","status":500,"times":1}""", true)]
    [InlineData("""{"method":"PATCH","mode":"reset","times":1}""", false)]
    [InlineData("""{"method":"PATCH","status":503,"times":1}""", false)]
    public async Task A_write_with_a_lost_answer_says_so_and_is_sent_once(string fault, bool applied)
    {
        // The connection has been used before: the case in which an HTTP client may send again by itself.
        await Catalog.GetAsync(Customers, _meter, default);
        await emulator.AdminAsync(HttpMethod.Post, "faults", fault);

        var failure = await World.FailureOf(() => UpdateAsync());

        Assert.Equal((SyncErrorCode.Unavailable, true), (failure.Code, failure.OutcomeUnknown));
        Assert.Equal(1, await emulator.CallsAsync("PATCH", "*/permissions/*"));
        Assert.Equal(applied ? 1 : 0, (await Catalog.GetPermissionsAsync(Customers, _meter, default)).Count);
    }

    [Fact]
    public async Task A_write_that_the_server_holds_outlives_its_time_out()
    {
        await emulator.AdminAsync(HttpMethod.Post, "faults", """{"id":"held","method":"PATCH","holdUntilReleased":true}""");
        var time = new TestTime();
        await using var adapters = emulator.Adapters(time: time);

        var update = World.FailureOf(() => adapters.GetRequiredService<IUnityCatalog>().UpdatePermissionsAsync(
            Customers, Change, Timeout, _meter, default));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await emulator.HeldAsync() == 0)
        {
            await Task.Delay(20, patience.Token);
        }

        await time.PassAsync(Timeout, Timeout);
        Assert.True((await update).OutcomeUnknown);
        Assert.Empty(await Catalog.GetPermissionsAsync(Customers, _meter, default));

        await emulator.AdminAsync(HttpMethod.Post, "faults/held/release");
        while ((await Catalog.GetPermissionsAsync(Customers, _meter, default)).Count == 0)
        {
            await Task.Delay(20, patience.Token);
        }
    }

    [Fact]
    public async Task Throttled_writes_were_not_applied()
    {
        await emulator.AdminAsync(HttpMethod.Post, "faults", """{"method":"PATCH","status":429,"retryAfter":3,"times":1}""");

        var failure = await World.FailureOf(() => UpdateAsync());

        Assert.Equal(
            (SyncErrorCode.Throttled, false, TimeSpan.FromSeconds(3)), (failure.Code, failure.OutcomeUnknown, failure.RetryAfter));
        Assert.Empty(await Catalog.GetPermissionsAsync(Customers, _meter, default));
    }

    [Fact]
    public async Task Who_may_not_see_an_object_is_denied()
    {
        await using var adapters = emulator.Adapters(options => options.Token = "dapi-emulator-analyst");

        var failure = await World.FailureOf(() => adapters.GetRequiredService<IUnityCatalog>().UpdatePermissionsAsync(
            Customers, Change, Timeout, _meter, default));

        Assert.Equal((SyncErrorCode.PermissionDenied, false), (failure.Code, failure.OutcomeUnknown));
    }

    [Fact]
    public async Task Tokens_of_a_service_principal_are_renewed_before_and_after_they_expire()
    {
        await emulator.AdminAsync(HttpMethod.Put, "settings", """{"tokenLifetimeSeconds":2}""");
        await using var adapters = emulator.Adapters(options =>
            (options.Token, options.ClientId, options.ClientSecret) = (null, EmulatorProcess.SelfId, Secret));
        var catalog = adapters.GetRequiredService<IUnityCatalog>();

        await catalog.GetAsync(Customers, _meter, default);
        await emulator.UntilTokenExpiresAsync(await emulator.TokenAsync(Secret)); // so has the one before it, the adapters'
        await catalog.UpdatePermissionsAsync(Customers, Change, Timeout, _meter, default);

        Assert.Single(await catalog.GetPermissionsAsync(Customers, _meter, default));
    }

    [Theory]
    [InlineData("wrong secret")]
    [InlineData("")]
    public async Task A_wrong_client_secret_is_reported_as_refused_credentials(string secret)
    {
        await using var adapters = emulator.Adapters(options =>
            (options.Token, options.ClientId, options.ClientSecret) = (null, EmulatorProcess.SelfId, secret));

        var failure = await World.FailureOf(() => adapters.GetRequiredService<IUnityCatalog>().GetAsync(Customers, _meter, default));

        Assert.Equal(SyncErrorCode.CredentialsRefused, failure.Code);
    }

    private Task UpdateAsync() => Catalog.UpdatePermissionsAsync(Customers, Change, Timeout, _meter, default);
}
