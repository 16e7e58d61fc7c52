using Microsoft.Extensions.DependencyInjection;
using PolicySync.Client.Tests.Support;

namespace PolicySync.Client.Tests;

public sealed class OptionsTests
{
    public static TheoryData<string, Action<PolicySyncClientOptions>> Faults => new()
    {
        { "Address must be an absolute http or https address", options => options.Address = null },
        { "Address must be an absolute http or https address", options => options.Address = new Uri("ftp://x") },
        { "TokenFile or Token must be set, and not both", options => options.Token = null },
        { "TokenFile or Token must be set, and not both", options => options.TokenFile = "f" },
        { "MaxAttempts must be at least 1", options => options.MaxAttempts = 0 },
        { "WaitPerRequest must be 1 to 60 seconds", options => options.WaitPerRequest = TimeSpan.FromMinutes(2) },
        { "AttemptTimeout must be longer than WaitPerRequest and ProgressInterval", options => options.AttemptTimeout = TimeSpan.FromSeconds(30) },
        { "StreamSilence must be positive or infinite", options => options.StreamSilence = TimeSpan.Zero },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_of_the_options_is_named_at_the_start(string expected, Action<PolicySyncClientOptions> change)
    {
        var options = new PolicySyncClientOptions { Address = new Uri("http://localhost"), Token = _ => ValueTask.FromResult("t") };
        change(options);

        Assert.StartsWith(expected, Assert.Throws<ArgumentException>(() => new PolicySyncClient(options)).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            expected,
            Assert.Throws<ArgumentException>(() => new ServiceCollection().AddPolicySyncClient(configured =>
            {
                configured.Address = new Uri("http://localhost");
                configured.Token = _ => ValueTask.FromResult("t");
                change(configured);
            })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_of_an_application_is_one_and_takes_handlers_that_see_each_attempt()
    {
        await using var service = await FakeService.StartAsync();
        service.ThenProblem(503, "UNAVAILABLE", headers: ("Retry-After", "1")).ThenTask("SUCCESS");
        var counting = new Counting();
        var services = new ServiceCollection();
        services.AddPolicySyncClient(options =>
        {
            options.Address = new Uri(service.Url, "/prefix/");
            options.Token = _ => ValueTask.FromResult("t1");
            options.Time = service.Time;
            options.AttemptTimeout = Timeout.InfiniteTimeSpan;
        }).AddHttpMessageHandler(() => counting);
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<IPolicySyncClient>().GetAsync("42");

        Assert.Same(provider.GetRequiredService<IPolicySyncClient>(), provider.GetRequiredService<IPolicySyncClient>());
        Assert.Equal(2, counting.Count);
        Assert.All(service.Requests, request => Assert.Equal("GET /prefix/policysync/api/v1/tasks/42", request.Line));
        Assert.All(service.Requests, request => Assert.Equal("Bearer t1", request.Header("Authorization")));
    }

    private sealed class Counting : DelegatingHandler
    {
        public int Count { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Count++;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
