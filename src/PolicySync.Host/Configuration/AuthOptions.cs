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
}
