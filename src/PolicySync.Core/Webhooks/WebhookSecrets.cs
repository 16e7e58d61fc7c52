namespace PolicySync.Core.Webhooks;

/// <summary>The form of secrets that sign events, as Standard Webhooks defines it. Pure.</summary>
public static class WebhookSecrets
{
    private const string Prefix = "whsec_";
    private const int LeastBytes = 24;
    private const int MostBytes = 64;

    /// <summary>Splits the text of a file: a secret on each line, blank lines left out.</summary>
    public static IReadOnlyList<string> Lines(string text) => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Returns why <paramref name="secret"/> cannot be used, without repeating it; null when it can.</summary>
    public static string? Fault(string secret)
    {
        const string form = "must be `whsec_` and 24 to 64 bytes in base64, such as from `echo whsec_$(openssl rand -base64 32)`";
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return form;
        }

        Span<byte> bytes = stackalloc byte[MostBytes + 3];
        return Convert.TryFromBase64String(secret[Prefix.Length..], bytes, out var count) && count is >= LeastBytes and <= MostBytes ? null : form;
    }

    /// <summary>Returns why the text of a file cannot be used; null when it can.</summary>
    public static string? FaultOfFile(string text) =>
        Lines(text) is { Count: > 0 } lines ? lines.Select(Fault).FirstOrDefault(fault => fault is not null) is { } fault ? $"each line {fault}" : null : "the file is empty";
}
