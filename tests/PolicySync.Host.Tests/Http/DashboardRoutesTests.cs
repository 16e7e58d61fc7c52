using System.Net;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Http;

public sealed class DashboardRoutesTests(WholeProcess process) : IClassFixture<WholeProcess>
{
    private static readonly string[] Names =
    [
        "x", "127.0.0.1", "127.0.0.1:1@", "127.0.0.1:99999@1", "@", "%00", "%F0%9F%92%A9", "a%2Fb", "..%2F..", "-1", "999999999999999999999", "0",
        "System.String", "Orleans.Dashboard.Implementation.Grains.DashboardGrain", "Castle%60%5B%5B%5D", "%5B%5B%5B",
    ];

    /// <summary>Routes of the dashboard; names stand where the brace is.</summary>
    public static TheoryData<string> Routes() =>
    [
        "HistoricalStats/{0}", "SiloProperties/{0}", "SiloStats/{0}", "SiloCounters/{0}", "GrainStats/{0}", "Reminders/{0}", "fonts/{0}", "img/{0}", "{0}",
        "GrainState?grainId={0}&grainType={0}", "GrainState?grainId={0}", "GrainState?grainType={0}",
    ];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task No_name_makes_the_dashboard_answer_with_a_fault(string route)
    {
        foreach (var name in Names)
        {
            var path = route.Replace("{0}", name, StringComparison.Ordinal);

            using var answer = await GetAsync(path);

            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound or HttpStatusCode.BadRequest,
                $"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
    }

    [Theory]
    [InlineData("HistoricalStats/")]
    [InlineData("SiloProperties/")]
    [InlineData("SiloStats/")]
    [InlineData("SiloCounters/")]
    [InlineData("GrainStats/")]
    [InlineData("fonts/")]
    [InlineData("img/")]
    [InlineData("GrainState")]
    [InlineData("ClusterStats")]
    [InlineData("TopGrainMethods")]
    [InlineData("GrainTypes")]
    [InlineData("Reminders")]
    [InlineData("version")]
    public async Task No_name_at_all_is_no_fault_either(string path)
    {
        using var answer = await GetAsync(path);

        Assert.True(answer.StatusCode < HttpStatusCode.InternalServerError, $"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    private Task<HttpResponseMessage> GetAsync(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/dashboard/{path}");
        request.Headers.Authorization = Send.Bearer(process.Signer.Token(claims => claims["scope"] = "policysync.ops"));
        return process.Client.SendAsync(request);
    }
}
