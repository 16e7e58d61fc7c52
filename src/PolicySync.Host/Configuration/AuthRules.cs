using PolicySync.Host.Auth;

namespace PolicySync.Host.Configuration;

/// <summary>Rules about the tokens of callers and about the sign-in of people.</summary>
internal static class AuthRules
{
    /// <summary>Shortest client secret. Anyone can get a state that is encrypted with its key, and try to guess it.</summary>
    private const int MinSecret = 16;

    private const string Section = AuthOptions.Section;

    public static IEnumerable<ConfigurationFault> Validate(AuthOptions options, string instance) =>
        [.. Tokens(options), .. Client(options, options.Audience ?? instance), .. Scopes(options)];

    private static IEnumerable<ConfigurationFault> Tokens(AuthOptions options)
    {
        if ((options.PublicKeyFile is null) == (options.Authority is null))
        {
            yield return new($"{Section}:PublicKeyFile", "exactly one of `PublicKeyFile` and `Authority` is required");
        }

        if (options.PublicKeyFile is { } path && PublicKeyFile.Fault(path) is { } keyFault)
        {
            yield return new($"{Section}:PublicKeyFile", keyFault);
        }

        if (options.Authority is { } authority && ConnectionRules.AddressFault(authority) is { } problem)
        {
            yield return new($"{Section}:Authority", problem);
        }
    }

    private static IEnumerable<ConfigurationFault> Client(AuthOptions options, string audience)
    {
        var hasSecret = options.ClientSecret is not null || options.ClientSecretFile is not null;
        if (options.ClientId is not null && options.Authority is null)
        {
            yield return new($"{Section}:ClientId", "is for the sign-in with an authority: set `Authority`, or remove `ClientId` and its secret");
        }

        // Its ID tokens would be valid as tokens without a scope, which open the API.
        if (options.ClientId == audience)
        {
            yield return new($"{Section}:ClientId", "must differ from `Audience`, as ID tokens would open the API otherwise; register the service as an API of its own at the authority");
        }

        if (options.ClientId is null && hasSecret)
        {
            yield return new($"{Section}:ClientId", "is required beside a client secret");
        }

        if ((options.ClientId is not null || hasSecret) && (options.ClientSecret is null) == (options.ClientSecretFile is null))
        {
            yield return new($"{Section}:ClientSecret", "exactly one of `ClientSecret` and `ClientSecretFile` is required beside `ClientId`");
        }

        if (options.ClientSecret is { } secret && SecretFault(secret) is { } weak)
        {
            yield return new($"{Section}:ClientSecret", weak);
        }

        if (options.ClientSecretFile is { } path && Files.TextFault(path, SecretFault) is { } unusable)
        {
            yield return new($"{Section}:ClientSecretFile", unusable);
        }
    }

    private static IEnumerable<ConfigurationFault> Scopes(AuthOptions options)
    {
        var scopes = options.SignInScopes.Split(' ');
        if (!scopes.All(IsScope))
        {
            yield return new($"{Section}:SignInScopes", "must be names of scopes with one space between them, such as `openid policysync.read`");
        }
        else if (!scopes.Contains("openid", StringComparer.Ordinal))
        {
            yield return new($"{Section}:SignInScopes", "must have `openid`, without which the authority gives no ID token");
        }
    }

    private static string? SecretFault(string secret) => secret.Trim().Length >= MinSecret ? null
        : $"the secret must have {MinSecret} characters or more, as anyone may try to guess it; have the authority make a new one";

    // RFC 6749 §3.3.
    private static bool IsScope(string name) => name.Length > 0 && name.All(static c => c is >= '!' and <= '~' and not '"' and not '\\');
}
