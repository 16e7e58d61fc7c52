using PolicySync.Core.Webhooks;

namespace PolicySync.Core.Tests.Webhooks;

public sealed class WebhookSecretsTests
{
    [Theory]
    [InlineData(23, false)]
    [InlineData(24, true)]
    [InlineData(32, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(1_000, false)]
    public void A_secret_has_24_to_64_bytes(int bytes, bool isValid) => Assert.Equal(isValid, WebhookSecrets.Fault(Secret(bytes)) is null);

    [Theory]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("hunter2hunter2hunter2hunter2hunter2")]
    [InlineData("whsec_not base64 !!")]
    [InlineData("WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    public void Anything_else_is_refused_and_not_repeated(string secret)
    {
        var fault = WebhookSecrets.Fault(secret);

        Assert.StartsWith("must be `whsec_`", fault, StringComparison.Ordinal);
        Assert.DoesNotContain(secret.Length < 8 ? "\0" : secret, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_has_a_secret_on_each_line()
    {
        var (first, second) = (Secret(24), Secret(32));

        Assert.Equal([first, second], WebhookSecrets.Lines($"{first}\r\n\n  {second}\n"));
        Assert.Null(WebhookSecrets.FaultOfFile($"{first}\n{second}\n"));
        Assert.StartsWith("each line must be `whsec_`", WebhookSecrets.FaultOfFile($"{first}\nsecond"), StringComparison.Ordinal);
        Assert.Equal("the file is empty", WebhookSecrets.FaultOfFile(" \n"));
    }

    private static string Secret(int bytes) => "whsec_" + Convert.ToBase64String(Enumerable.Range(0, bytes).Select(n => (byte)(n + bytes)).ToArray());
}
