using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace PolicySync.Host.Auth.SignIn;

/// <summary>What became of a token that a browser is to keep.</summary>
internal enum TokenVerdict
{
    /// <summary>It is valid, and the browser keeps it.</summary>
    Kept,

    /// <summary>It does not fit into a cookie.</summary>
    TooLong,

    /// <summary>It could not be validated, as the authority does not answer.</summary>
    NotChecked,

    /// <summary>It is not valid, or has ended.</summary>
    Refused,
}

/// <summary>Signs a browser in with a token: validates it by the rules for bearer tokens, and returns it as a cookie.</summary>
internal sealed partial class TokenKeeper(TimeProvider time, RefusedTokens refused, ILogger<TokenKeeper> logger)
{
    public async Task<TokenVerdict> KeepAsync(HttpContext http, string token)
    {
        if (token.Length > BrowserToken.MaxLength)
        {
            return TokenVerdict.TooLong;
        }

        SignInEndpoints.Present(http, token);
        var validated = await http.AuthenticateAsync(SignInEndpoints.Scheme);
        if (validated is { Succeeded: false, Failure: { } failure } && BearerSetup.IsInconclusive(failure))
        {
            return TokenVerdict.NotChecked;
        }

        var left = validated.Properties?.ExpiresUtc - time.GetUtcNow() ?? TimeSpan.Zero;
        if (!validated.Succeeded || token.Length == 0 || left <= TimeSpan.Zero)
        {
            refused.NoteSignIn(http.Connection.RemoteIpAddress);
            return TokenVerdict.Refused;
        }

        BrowserToken.Keep(http, token, left);
        LogSignedIn(validated.Principal.FindFirstValue("sub"), http.Connection.RemoteIpAddress);
        return TokenVerdict.Kept;
    }

    [LoggerMessage(EventId = 1120, Level = LogLevel.Information, Message = "Signed in {Subject} from {Address}")]
    private partial void LogSignedIn(string? subject, System.Net.IPAddress? address);
}
