using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PolicySync.Adapters.Workspaces.Errors;

/// <summary>
/// Reads every known shape of error body of Databricks and of proxies before it. Source: the order of parsers in
/// databricks-sdk-go, apierr/errors.go.
/// </summary>
internal static partial class ErrorBody
{
    public static async Task<WorkspaceError> ReadAsync(HttpResponseMessage response) =>
        // Always as UTF-8: an unknown character set of a proxy must not hide its error.
        Read((int)response.StatusCode, Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync()));

    private static WorkspaceError Read(int status, string body)
    {
        var text = body.Trim('\uFEFF').Trim();
        return FromJson(status, text) ?? FromPlainText(status, text) ?? FromPage(status, text);
    }

    private static WorkspaceError? FromJson(int status, string text)
    {
        if (!text.StartsWith('{'))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            var code = Word(root, "error_code") ?? Reason(root) ?? Word(root, "scimType");
            // In order: Unity Catalog and API 2.x, SCIM, OAuth, API 1.2 (whose `error` is the whole message).
            var message = Text(root, "message") ?? Text(root, "detail") ?? Text(root, "error_description") ?? Text(root, "error");
            return code is null && message is null
                ? null
                : new WorkspaceError(status, code, message ?? code!, IsDatabricks: true, RetryDelay(root));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary><c>CODE: message</c>, as some gateways of Databricks answer.</summary>
    private static WorkspaceError? FromPlainText(int status, string text) =>
        CodeAndMessage().Match(text) is { Success: true } match
            ? new WorkspaceError(status, match.Groups["code"].Value, match.Groups["text"].Value, IsDatabricks: true)
            : null;

    private static WorkspaceError FromPage(int status, string text)
    {
        if (text.Length == 0)
        {
            return new WorkspaceError(status, null, "no text", IsDatabricks: false);
        }

        if (!text.StartsWith('<'))
        {
            return new WorkspaceError(status, null, text, IsDatabricks: false);
        }

        var inner = Between(text, "<pre>", "</pre>") ?? Between(text, "<title>", "</title>");
        return new WorkspaceError(status, null, inner is null ? "an HTML page" : WebUtility.HtmlDecode(inner).Trim(), IsDatabricks: false);
    }

    // A numeric `error_code` repeats the status.
    private static string? Word(JsonElement root, string name) =>
        Text(root, name) is { } text && !int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _) ? text : null;

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        && value.GetString() is { } text && !string.IsNullOrWhiteSpace(text)
            ? text
            : null;

    private static string? Reason(JsonElement root) =>
        Details(root).Select(detail => Text(detail, "reason")).FirstOrDefault(reason => reason is not null);

    // google.rpc.RetryInfo: a duration in seconds, for example "2s" or "0.5s".
    private static TimeSpan? RetryDelay(JsonElement root) =>
        Details(root).Select(detail => Text(detail, "retry_delay")).FirstOrDefault(delay => delay is not null) is { } text
        && double.TryParse(text.TrimEnd('s'), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
        && seconds is >= 0 and < 86_400
            ? TimeSpan.FromSeconds(seconds)
            : null;

    private static IEnumerable<JsonElement> Details(JsonElement root) =>
        root.TryGetProperty("details", out var details) && details.ValueKind == JsonValueKind.Array
            ? details.EnumerateArray().Where(detail => detail.ValueKind == JsonValueKind.Object)
            : [];

    private static string? Between(string text, string open, string close)
    {
        var start = text.IndexOf(open, StringComparison.OrdinalIgnoreCase);
        var end = start < 0 ? -1 : text.IndexOf(close, start, StringComparison.OrdinalIgnoreCase);
        return end < 0 ? null : text[(start + open.Length)..end];
    }

    [GeneratedRegex(
        @"\A(?<code>[A-Z][A-Z0-9]*(_[A-Z0-9]+)+): (?<text>.+)\z",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex CodeAndMessage();
}
