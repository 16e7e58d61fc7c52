namespace PolicySync.Host.Auth.SignIn.OpenId;

/// <summary>Why a sign-in with the authority did not succeed: a status and a message for the person, and a kind for the log.</summary>
/// <param name="kind">One of a few words; nothing in it comes from the browser or the authority.</param>
/// <param name="status">The status of the page.</param>
/// <param name="message">What happened, and what to do.</param>
/// <param name="cause">The exception below, for the log; null without one.</param>
internal sealed class SignInFault(string kind, int status, string message, Exception? cause = null) : Exception(message, cause)
{
    public string Kind => kind;

    public int Status => status;

    public static SignInFault Forged() => new("state", StatusCodes.Status400BadRequest,
        "This answer does not belong to a sign-in of this service. Please sign in again.");

    public static SignInFault OtherBrowser() => new("browser", StatusCodes.Status400BadRequest,
        "This sign-in began in another browser, or cookies are switched off. Please sign in again in this browser.");

    public static SignInFault TooLate() => new("late", StatusCodes.Status400BadRequest,
        $"This sign-in took longer than {SignInState.Life.TotalMinutes:0} minutes. Please sign in again.");

    public static SignInFault NoAnswer(string authority, Exception? cause = null) => new("unavailable", StatusCodes.Status503ServiceUnavailable,
        $"{authority} does not answer. Please try again in a moment, or sign in with a token.", cause);

    public static SignInFault NoSecret(Exception cause) => new("secret", StatusCodes.Status503ServiceUnavailable,
        "This service cannot read its client secret. Ask an operator to check `Auth:ClientSecretFile`, or sign in with a token.", cause);

    public static SignInFault NoAddress(string authority, string what) => new("discovery", StatusCodes.Status503ServiceUnavailable,
        $"The discovery document of {authority} has no `{what}` with `https`. Ask an operator to check `Auth:Authority`, or sign in with a token.");

    public static SignInFault NoTokens(string authority, string what) => new("answer", StatusCodes.Status400BadRequest,
        $"The answer of {authority} has no {what} that can be read. Ask an operator to check the client there and `Auth:SignInScopes`.");

    public static SignInFault WrongIdToken(string authority, string reason) => new("id_token", StatusCodes.Status401Unauthorized,
        $"The ID token of {authority} is not valid for this sign-in: {reason}. Please sign in again; if that does not help, ask an operator to check `Auth:Authority` and `Auth:ClientId`.");

    public static SignInFault NotReadable(string authority) => new("opaque", StatusCodes.Status401Unauthorized,
        $"The access token of {authority} is not a JSON Web Token, so this service cannot read it. Ask an operator to register this service as an API there, and to name the API's scopes in `Auth:SignInScopes`.");

    public static SignInFault WrongToken(string authority, string reason) => new("access_token", StatusCodes.Status401Unauthorized,
        $"The access token of {authority} is not valid here: {reason}. Ask an operator to check `Auth:Audience`, `Auth:Issuer` and `Auth:SignInScopes`.");

    public static SignInFault TooLong(string authority) => new("too_long", StatusCodes.Status400BadRequest,
        $"A browser keeps tokens of up to {BrowserToken.MaxLength} characters; that of {authority} is longer. Ask an operator to have fewer claims put into it.");

    /// <summary>The authority refused, with an error code of RFC 6749 §4.1.2.1 and §5.2 or of OpenID Connect Core §3.1.2.6.</summary>
    public static SignInFault Refused(string authority, string? error) => error switch
    {
        "access_denied" => new("denied", StatusCodes.Status403Forbidden,
            $"{authority} did not let you sign in (`{error}`). Ask its administrators for access to this service."),
        "login_required" or "interaction_required" or "consent_required" or "account_selection_required" =>
            new("interaction", StatusCodes.Status401Unauthorized, $"{authority} has a question first (`{error}`). Please sign in again."),
        "server_error" or "temporarily_unavailable" => NoAnswer(authority),
        "invalid_grant" => new("code", StatusCodes.Status400BadRequest,
            $"{authority} does not accept the code of this sign-in: it is too old, or it was used before. Please sign in again."),
        "invalid_client" or "unauthorized_client" => new("client", StatusCodes.Status400BadRequest,
            $"{authority} does not accept this service as a client (`{error}`). Ask an operator to check `Auth:ClientId` and `Auth:ClientSecret`."),
        _ => new("refused", StatusCodes.Status400BadRequest,
            $"{authority} refused the sign-in (`{(IsCode(error) ? error : "an unknown error")}`). Ask an operator to check the client there and `Auth:SignInScopes`."),
    };

    private static bool IsCode(string? text) => text is { Length: > 0 and <= 40 } && text.All(static c => char.IsAsciiLetterLower(c) || c == '_');
}
