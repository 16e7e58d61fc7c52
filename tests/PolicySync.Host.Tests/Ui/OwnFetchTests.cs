using System.Net;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Ui;

/// <summary>Which requests to the API may use the sign-in of a browser: those that a script of a page of this origin makes.</summary>
public sealed class OwnFetchTests : PageTest
{
    /// <summary>What a browser says of a request (Fetch Metadata), and whether the cookie counts.</summary>
    [Theory]
    [InlineData("same-origin", "cors", "empty", null, HttpStatusCode.OK)]
    [InlineData("same-origin", "same-origin", "empty", null, HttpStatusCode.OK)]
    [InlineData("same-origin", "cors", "empty", "Bearer", HttpStatusCode.OK)]
    [InlineData("same-site", "cors", "empty", null, HttpStatusCode.Unauthorized)]
    [InlineData("cross-site", "cors", "empty", null, HttpStatusCode.Unauthorized)]
    [InlineData("none", "cors", "empty", null, HttpStatusCode.Unauthorized)]
    [InlineData("same-origin", "navigate", "document", null, HttpStatusCode.Unauthorized)]
    [InlineData("same-origin", "no-cors", "empty", null, HttpStatusCode.Unauthorized)]
    [InlineData("same-origin", "cors", "iframe", null, HttpStatusCode.Unauthorized)]
    [InlineData("same-origin", "cors", "empty", "Bearer x", HttpStatusCode.Unauthorized)]
    [InlineData(null, null, null, null, HttpStatusCode.Unauthorized)]
    public async Task Only_a_fetch_of_a_page_of_this_origin_uses_the_sign_in(string? site, string? mode, string? dest, string? authorization, HttpStatusCode status)
    {
        var browser = await SignedInAsync();
        foreach (var (method, path) in new[] { (HttpMethod.Get, "/policysync/api/v1/tasks"), (HttpMethod.Post, "/policysync/api/v1/task") })
        {
            using var request = new HttpRequestMessage(method, path);
            request.Content = method == HttpMethod.Post ? new StringContent(Send.Table, System.Text.Encoding.UTF8, "application/json") : null;
            foreach (var (name, value) in new[] { ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", dest), ("Authorization", authorization) })
            {
                if (value is not null)
                {
                    request.Headers.TryAddWithoutValidation(name, value);
                }
            }

            using var answer = await SendAsync(browser, request);

            Assert.True(
                status == HttpStatusCode.OK ? answer.IsSuccessStatusCode : answer.StatusCode == status, $"{method} {site} {mode} {dest} {authorization}: {answer.StatusCode}");
        }
    }

    // As a browser sends it, but with an `Authorization` that the page may have set.
    private Task<HttpResponseMessage> SendAsync(Browser browser, HttpRequestMessage request)
    {
        request.Headers.Host = browser.Name;
        request.Headers.Add("Cookie", string.Join("; ", browser.Cookies.Select(pair => $"{pair.Key}={pair.Value}")));
        return Host.Anonymous.SendAsync(request);
    }
}
