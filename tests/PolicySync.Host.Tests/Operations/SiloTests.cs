using System.Net;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Operations;

public sealed class SiloTests(WholeProcess process) : IClassFixture<WholeProcess>
{
    [Fact]
    public async Task A_started_process_is_ready_and_says_so_of_each_part()
    {
        using var answer = await process.Client.GetAsync("/health/ready");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(
            $$$"""{"status":"Healthy","version":"{{{ProductVersion.Text}}}","state":"Ready","parts":{"process":"Healthy","silo":"Healthy","storage":"Healthy","policies":"Healthy","workspace":"Healthy"}}""", await answer.Content.ReadAsStringAsync());
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Missing_policies_are_shown_and_do_not_stop_the_process_from_accepting()
    {
        var file = Path.Combine(process.PoliciesFolder, "policies.json");
        File.Move(file, file + ".away");

        using var answer = await process.Client.GetAsync("/health/ready");
        File.Move(file + ".away", file);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("\"policies\":\"Degraded\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("policysync.tasks", HttpStatusCode.Forbidden)]
    [InlineData("policysync.ops", HttpStatusCode.OK)]
    public async Task The_dashboard_and_all_below_it_need_the_scope_for_operations(string? scope, HttpStatusCode status)
    {
        foreach (var path in new[] { "/dashboard/", "/dashboard/DashboardCounters", "/dashboard/GrainTypes", "/dashboard/index.min.js" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Authorization = scope is null ? null : Send.Bearer(process.Signer.Token(claims => claims["scope"] = scope));

            using var answer = await process.Client.SendAsync(request);

            Assert.True(status == answer.StatusCode, $"{path}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task A_body_over_the_limit_gets_its_answer_over_a_real_connection()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Send.Task) { Content = new ByteArrayContent(new byte[3 << 20]) };
        request.Headers.Authorization = Send.Bearer(process.Signer.Token());
        request.Headers.TransferEncodingChunked = true;
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");

        using var answer = await process.Client.SendAsync(request);

        await answer.ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }
}
