using System.Net;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Http;

public sealed class ProtectiveHeadersTests(WholeProcess process) : IClassFixture<WholeProcess>
{
    /// <summary>An address of each kind of page, and what it answers to a token for operations and tasks, or to none.</summary>
    [Theory]
    [InlineData("/dashboard/", HttpStatusCode.OK, true)]
    [InlineData("/dashboard", HttpStatusCode.MovedPermanently, true)]
    [InlineData("/dashboard/index.min.js", HttpStatusCode.OK, true)]
    [InlineData("/dashboard/DashboardCounters", HttpStatusCode.OK, true)]
    [InlineData("/dashboard/Trace", HttpStatusCode.Forbidden, true)]
    [InlineData("/dashboard/none", HttpStatusCode.NotFound, true)]
    [InlineData("/dashboard/", HttpStatusCode.Unauthorized, false)]
    [InlineData("/scalar", HttpStatusCode.OK, true)]
    [InlineData("/scalar", HttpStatusCode.Unauthorized, false)]
    [InlineData("/openapi/v1.json", HttpStatusCode.OK, true)]
    [InlineData("/signin", HttpStatusCode.OK, false)]
    [InlineData("/ui", HttpStatusCode.OK, true)]
    [InlineData("/ui", HttpStatusCode.Unauthorized, false)]
    [InlineData("/ui/none", HttpStatusCode.NotFound, true)]
    [InlineData("/ui/assets/none", HttpStatusCode.NotFound, false)]
    [InlineData("/metrics", HttpStatusCode.OK, true)]
    [InlineData("/health/ready", HttpStatusCode.OK, false)]
    [InlineData("/policysync/api/v1/tasks", HttpStatusCode.OK, true)]
    [InlineData("/policysync/api/v1/tasks", HttpStatusCode.Unauthorized, false)]
    [InlineData("/policysync/api/v1/tasks/1", HttpStatusCode.NotFound, true)]
    [InlineData("/policysync/api/v1/tasks?pageSize=x", HttpStatusCode.BadRequest, true)]
    [InlineData("/policysync/api/v1/task", HttpStatusCode.MethodNotAllowed, true)]
    [InlineData("/nowhere", HttpStatusCode.NotFound, true)]
    [InlineData("/nowhere", HttpStatusCode.Unauthorized, false)]
    public async Task No_page_may_be_framed_taken_for_another_type_or_kept(string path, HttpStatusCode status, bool known)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = known ? Send.Bearer(process.Signer.Token(claims => claims["scope"] = "policysync.ops policysync.tasks")) : null;

        using var answer = await process.Client.SendAsync(request);

        var final = answer.RequestMessage!.RequestUri!.AbsolutePath == path.Split('?')[0];
        Assert.True(!final || status == answer.StatusCode, $"{path}: {answer.StatusCode}");
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["DENY"], answer.Headers.GetValues("X-Frame-Options"));
        Assert.Contains("frame-ancestors 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.True(answer.Headers.CacheControl?.NoStore, $"{answer.Headers.CacheControl}");
    }
}

/// <summary>The same of faults, which clear what was set before them.</summary>
public sealed class ProtectiveHeadersOfFaultsTests
{
    [Fact]
    public async Task A_defect_and_a_refusal_of_storage_carry_the_headers_of_every_other_answer()
    {
        await using var host = await TestHost.StartAsync();
        foreach (var fault in new Exception[] { new InvalidOperationException("a defect"), new Core.Errors.SyncException(Core.Errors.SyncErrorCode.Unavailable, "out") })
        {
            host.Store.Before = () => throw fault;

            using var answer = await host.Client.GetAsync(Send.Tasks);

            Assert.True(answer.StatusCode >= HttpStatusCode.InternalServerError);
            Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
            Assert.Equal(["DENY"], answer.Headers.GetValues("X-Frame-Options"));
            Assert.True(answer.Headers.CacheControl?.NoStore);
        }
    }
}
