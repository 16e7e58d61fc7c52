namespace PolicySync.Host.Configuration;

/// <summary>Whose tokens open the API. Section <c>PolicySync:Auth</c>.</summary>
internal sealed class AuthOptions
{
    public const string Section = "PolicySync:Auth";

    /// <summary>Issuer that tokens must name when they are checked with a key file and no other is set.</summary>
    public const string DefaultIssuer = "policysync";

    /// <summary>
    /// A file with one or more public keys, as PEM (public keys or certificates) or as a JWK set; RSA of 2,048 bits or
    /// more, or EC on P-256. Read again when it changes, so that two keys can be valid while one replaces the other.
    /// Either this or <see cref="Authority"/>.
    /// </summary>
    public string? PublicKeyFile { get; set; }

    /// <summary>An OpenID Connect authority whose discovery document names the keys.</summary>
    public Uri? Authority { get; set; }

    /// <summary>Issuer (<c>iss</c>) that tokens must name. Default: <c>policysync</c>, or what the authority says of itself.</summary>
    public string? Issuer { get; set; }

    /// <summary>Audience (<c>aud</c>) that tokens must name. Default: the instance's name.</summary>
    public string? Audience { get; set; }
}
