using PolicySync.Core.Options;

namespace PolicySync.Host.Configuration;

/// <summary>Which tokens the API accepts. Section <c>PolicySync:Auth</c>.</summary>
internal sealed class AuthOptions
{
    public const string Section = "PolicySync:Auth";

    /// <summary>The default issuer of tokens that are verified with a key file.</summary>
    public const string DefaultIssuer = "policysync";

    /// <summary>
    /// A file with one or more public keys, as PEM (public keys or certificates) or as a JWK set; RSA of 2,048 bits or
    /// more, or EC on P-256. It is read again when it changes, so that two keys can be valid during a rotation.
    /// Either this or <see cref="Authority"/>.
    /// </summary>
    public string? PublicKeyFile { get; set; }

    /// <summary>An OpenID Connect authority whose discovery document names the keys.</summary>
    public Uri? Authority { get; set; }

    /// <summary>Issuer (<c>iss</c>) that tokens must name. Default: <c>policysync</c> with a key file, otherwise the authority's own.</summary>
    public string? Issuer { get; set; }

    /// <summary>Audience (<c>aud</c>) that tokens must name. Default: the instance's name.</summary>
    public string? Audience { get; set; }

    /// <summary>
    /// Id of the client as which the pages sign people in with <see cref="Authority"/>. Default: none, and people sign in with a
    /// pasted token only.
    /// </summary>
    public string? ClientId { get; set; }

    /// <summary>
    /// Secret of the client, of 16 characters or more, the same on all gateways: the state of a sign-in is encrypted with a key that
    /// is derived from it. Never logged.
    /// </summary>
    [Secret]
    public string? ClientSecret { get; set; }

    /// <summary>A file whose text is the client secret. Read for each sign-in.</summary>
    public string? ClientSecretFile { get; set; }

    /// <summary>
    /// Scopes that a sign-in asks the authority for, with spaces between them. Default:
    /// <c>openid policysync.read policysync.tasks policysync.ops</c>. The authority decides which of them a person gets.
    /// </summary>
    public string SignInScopes { get; set; } = "openid policysync.read policysync.tasks policysync.ops";
}
