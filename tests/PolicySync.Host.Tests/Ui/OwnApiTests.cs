using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PolicySync.Host.Tests.Support;
using PolicySync.Host.Ui;
using PolicySync.Ui.Hosting;

namespace PolicySync.Host.Tests.Ui;

/// <summary>The way from the pages to the API of the same process, by a real socket.</summary>
public sealed class OwnApiTests(WholeProcess process) : IClassFixture<WholeProcess>
{
    [Theory]
    [InlineData("http://127.0.0.1:8080/", "http://+:8080", "https://+:8443")]
    [InlineData("http://127.0.0.1:8080/", "https://[::]:8443", "http://[::]:8080")]
    [InlineData("http://127.0.0.1:8080/", "http://*:8080")]
    [InlineData("http://127.0.0.1:8080/", "http://0.0.0.0:8080")]
    [InlineData("http://10.0.0.7:8080/", "http://10.0.0.7:8080")]
    [InlineData("http://[::1]:8080/", "http://[::1]:8080")]
    [InlineData("http://localhost:5000/", "http://localhost:5000")]
    [InlineData("https://127.0.0.1:8443/", "https://+:8443")]
    [InlineData(null, "http://unix:/run/policysync.sock")]
    [InlineData(null)]
    public void The_pages_ask_a_listener_without_TLS_on_loopback_where_there_is_one(string? asked, params string[] listeners) =>
        Assert.Equal(asked, OwnApi.AddressOf(listeners)?.ToString());

    [Fact]
    public async Task A_page_shows_answers_of_the_API_of_its_own_process()
    {
        using var page = await OpenAsync("/ui/policies", "policysync.read");

        var words = Pages.Words(await page.PageAsync(HttpStatusCode.ServiceUnavailable)); // the folder of the test has no policies

        Assert.Contains("POLICIES_UNAVAILABLE", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_dashboard_answers_a_person_whose_token_does_not_open_it_with_a_page()
    {
        using var refused = await OpenAsync("/dashboard/", "policysync.tasks");
        using var opened = await OpenAsync("/dashboard/", "policysync.ops");

        Assert.Contains("policysync.ops", await refused.PageAsync(HttpStatusCode.Forbidden), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
    }

    [Fact]
    public async Task With_TLS_only_the_pages_accept_the_certificate_of_their_own_server_and_no_other()
    {
        await using var mine = await ServerAsync();
        await using var other = await ServerAsync();
        var certificates = mine.Services.GetRequiredService<ServedCertificates>();
        using var own = new OwnApi(mine.Services.GetRequiredService<IServer>(), TimeProvider.System, certificates);
        using var astray = new OwnApi(other.Services.GetRequiredService<IServer>(), TimeProvider.System, certificates);

        Assert.Equal("storage", Assert.Single((await own.ClientFor("x").ChecksAsync()).Checks).Name);
        await Assert.ThrowsAsync<HttpRequestException>(() => astray.ClientFor("x").ChecksAsync());
    }

    [Theory]
    [InlineData("/ui/theme", 10, HttpStatusCode.SeeOther)]
    [InlineData("/ui/theme", 100, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("/ui/plans", 6_000, HttpStatusCode.BadRequest)] // the file is read, and is not JSON
    public async Task A_form_is_as_large_as_it_needs_and_a_file_with_policies_as_the_API_takes_it(string path, int kibibytes, HttpStatusCode status)
    {
        var seal = new string('s', 43);
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = process.Client.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new MultipartFormDataContent
            {
                { new StringContent(seal), "seal" },
                { new StringContent("catalog main"), "resources" },
                { new ByteArrayContent(new byte[kibibytes << 10]), "file", "policies.json" },
            },
        };
        request.Headers.TryAddWithoutValidation("Accept", "text/html");
        request.Headers.TryAddWithoutValidation("Cookie", $"policysync-token={process.Signer.Token()}; policysync-form={seal}");

        using var answer = await client.SendAsync(request);

        Assert.True(status == answer.StatusCode, $"{answer.StatusCode}: {Pages.Words(await answer.Content.ReadAsStringAsync())}");
    }

    private static async Task<WebApplication> ServerAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = new CertificateRequest("CN=sync.example.com", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ServedCertificates>();
        builder.Services.AddOptions<KestrelServerOptions>().Configure<ServedCertificates>(UiSetup.NoteCertificates);
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var app = builder.Build();
        app.MapGet("/policysync/api/v1/checks", () => Results.Text("""{"checks":[{"name":"storage","status":"OK","detail":"answers"}]}""", "application/json"));
        await app.StartAsync();
        return app;
    }

    private Task<HttpResponseMessage> OpenAsync(string path, string scope)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", "text/html");
        request.Headers.TryAddWithoutValidation("Cookie", $"policysync-token={process.Signer.Token(claims => claims["scope"] = scope)}");
        return process.Client.SendAsync(request);
    }
}
