using PolicySync.Host.Auth.SignIn.OpenId;

namespace PolicySync.Host.Tests.Auth;

/// <summary>The state of a sign-in can be read by whoever has the client secret, and by no one else.</summary>
public sealed class SignInStateTests
{
    private const string Secret = "a-secret-of-a-client";

    private static readonly SignInState State = SignInState.Create("browser", "/ui/tasks", "https://sync.example/signin/callback", DateTimeOffset.UnixEpoch);

    [Fact]
    public void A_state_is_opened_with_the_secret_it_was_sealed_with_and_no_other()
    {
        var sealedText = State.Seal(Secret);

        Assert.Equal(State, SignInState.Open(sealedText, Secret));
        Assert.Null(SignInState.Open(sealedText, Secret + "x"));
        Assert.NotEqual(sealedText, State.Seal(Secret));
        Assert.DoesNotContain(State.Verifier, sealedText, StringComparison.Ordinal);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddMinutes(10), State.Until);
    }

    [Fact]
    public void A_state_of_which_anything_is_changed_or_missing_is_not_opened()
    {
        var sealedText = State.Seal(Secret);
        for (var i = 0; i < sealedText.Length; i++)
        {
            Assert.Null(SignInState.Open(sealedText[..i], Secret));
            var other = sealedText[i] == 'A' ? 'Q' : 'A'; // differs in bits that are not padding
            Assert.Null(SignInState.Open(sealedText[..i] + other + sealedText[(i + 1)..], Secret));
        }

        Assert.All(["", "=", "äöü", "a b", new string('A', 5_000), null], text => Assert.Null(SignInState.Open(text, Secret)));
    }

    /// <summary>The example of RFC 7636, appendix B.</summary>
    [Fact]
    public void The_challenge_is_the_hash_of_the_verifier() => Assert.Equal(
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", (State with { Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" }).PkceChallenge());
}
