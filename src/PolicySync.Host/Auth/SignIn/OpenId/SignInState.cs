using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PolicySync.Host.Auth.SignIn.OpenId;

/// <summary>
/// What a sign-in must remember until the browser comes back from the authority. It travels as the parameter <c>state</c>, encrypted with a
/// key that is derived from the client secret, so that any gateway finishes what another began.
/// </summary>
/// <param name="Browser">The mark of the browser that began (<see cref="OpenIdCookies"/>).</param>
/// <param name="Nonce">What the ID token must repeat.</param>
/// <param name="Verifier">The secret of PKCE (RFC 7636 §4.1).</param>
/// <param name="Target">Where the browser goes afterwards.</param>
/// <param name="RedirectUri">The address that the authority sends the browser to; the exchange of the code repeats it.</param>
/// <param name="Until">When the sign-in is too old.</param>
internal sealed record SignInState(string Browser, string Nonce, string Verifier, string Target, string RedirectUri, DateTimeOffset Until)
{
    /// <summary>How long a person may take at the authority.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    /// <summary>Longest target that is kept. Authorities accept addresses of about 2,000 characters.</summary>
    public const int MaxTarget = 512;

    private const int MaxLength = 4_096;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int KeySize = 32;
    private const int RandomSize = 32;

    private static readonly byte[] Purpose = "policysync sign-in state 1"u8.ToArray();

    /// <summary>The challenge of PKCE, by the method S256 (RFC 7636 §4.2).</summary>
    public string PkceChallenge() => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    public static SignInState Create(string browser, string target, string redirectUri, DateTimeOffset now) =>
        new(browser, RandomText(), RandomText(), target.Length <= MaxTarget ? target : SignInPage.DefaultTarget, redirectUri, now + Life);

    /// <summary>Encrypts the state (AES-GCM).</summary>
    public string Seal(string clientSecret)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(this);
        var bytes = new byte[NonceSize + plain.Length + TagSize];
        var nonce = bytes.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(KeyOf(clientSecret), TagSize);
        aes.Encrypt(nonce, plain, bytes.AsSpan(NonceSize, plain.Length), bytes.AsSpan(NonceSize + plain.Length), Purpose);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Decrypts a state; null when it was not encrypted with this secret, or was changed.</summary>
    public static SignInState? Open(string? text, string clientSecret)
    {
        if (text is not { Length: > 0 and <= MaxLength } || !Base64Url.IsValid(text))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(text);
        var length = bytes.Length - NonceSize - TagSize;
        if (length <= 0)
        {
            return null;
        }

        var plain = new byte[length];
        using var aes = new AesGcm(KeyOf(clientSecret), TagSize);
        try
        {
            aes.Decrypt(bytes.AsSpan(0, NonceSize), bytes.AsSpan(NonceSize, length), bytes.AsSpan(NonceSize + length), plain, Purpose);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return JsonSerializer.Deserialize<SignInState>(plain);
    }

    /// <summary>A text that cannot be guessed, of 256 bits.</summary>
    public static string RandomText() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomSize));

    /// <summary>Whether a text has the length of <see cref="RandomText"/>.</summary>
    public static bool HasLengthOfRandom(string text) => text.Length == Base64Url.GetEncodedLength(RandomSize);

    private static byte[] KeyOf(string clientSecret) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(clientSecret), KeySize, info: Purpose);
}
