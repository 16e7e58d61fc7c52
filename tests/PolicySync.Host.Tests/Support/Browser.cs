using System.Text.RegularExpressions;

namespace PolicySync.Host.Tests.Support;

/// <summary>As much of a browser as a sign-in needs: it keeps cookies, whatever they say, and sends them all.</summary>
internal sealed partial class Browser(TestHost host)
{
    public Dictionary<string, string> Cookies { get; } = new(StringComparer.Ordinal);

    /// <summary>The process that is asked; several stand behind one name.</summary>
    public TestHost Host { get; set; } = host;

    /// <summary>What stands in the address bar.</summary>
    public string Name { get; init; } = "localhost";

    /// <summary>What it asks for; a browser that opens a page asks for <c>text/html</c>.</summary>
    public string? Accept { get; init; }

    /// <summary>A bearer token that is sent beside the cookies.</summary>
    public string? Authorization { get; init; }

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    public Task<HttpResponseMessage> PostAsync(string path, Dictionary<string, string> fields) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields) });

    /// <summary>Opens the page, pastes a token and sends the form.</summary>
    public async Task<HttpResponseMessage> SignInAsync(string token, string target = "/ui") =>
        await PostAsync("/signin", new() { ["token"] = token, ["target"] = target, ["seal"] = await SealAsync() });

    /// <summary>The seal of the form that the page shows.</summary>
    public async Task<string> SealAsync()
    {
        using var page = await GetAsync("/signin");
        return Seal().Match(await page.Content.ReadAsStringAsync()).Groups["seal"].Value;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        request.Headers.Host = Name;
        if (Cookies.Count > 0)
        {
            request.Headers.Add("Cookie", string.Join("; ", Cookies.Select(pair => $"{pair.Key}={pair.Value}")));
        }

        if (Accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", Accept);
        }

        request.Headers.Authorization = Authorization is null ? null : Send.Bearer(Authorization);
        var answer = await Host.Anonymous.SendAsync(request);
        foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
        {
            var parts = cookie.Split(';')[0].Split('=', 2);
            if (parts[1].Length > 0)
            {
                Cookies[parts[0]] = parts[1];
            }
            else
            {
                Cookies.Remove(parts[0]);
            }
        }

        return answer;
    }

    [GeneratedRegex("name=\"seal\" value=\"(?<seal>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Seal();
}
