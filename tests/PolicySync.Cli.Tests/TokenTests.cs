using System.Security.Cryptography;
using PolicySync.Cli.Tests.Support;

namespace PolicySync.Cli.Tests;

public sealed class TokenTests : IDisposable
{
    private readonly Terminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_created_token_is_verified_by_its_public_key_and_shown_as_recorded(bool isRsa)
    {
        var (key, publicKey) = Keys(isRsa);
        var token = await CreateAsync(key, "--subject rosa --scope policysync.read --scope policysync.tasks --securable main.sales --securable hr.* --expires 90m");

        var shown = await _terminal.RunAsync($"token inspect --stdin --key {publicKey} --audience instance1 --issuer policysync", token);
        var json = await _terminal.RunAsync($"token inspect --stdin --key {publicKey} -o json", token);

        Assert.Equal((0, 0), (shown.ExitCode, json.ExitCode));
        Golden.AssertEqual($"token-inspect-{(isRsa ? "rs256" : "es256")}", shown.Out);
        Golden.AssertEqual($"token-inspect-{(isRsa ? "rs256" : "es256")}-json", json.Out);
        Assert.DoesNotContain(token.Split('.')[2].Trim(), shown.Out + json.Out);
    }

    [Fact]
    public async Task A_key_pair_signs_tokens_is_kept_from_others_and_is_never_replaced()
    {
        var folder = Path.Combine(_terminal.Folder, "keys");

        var made = await _terminal.RunAsync($"token keys --out {folder} -o json");
        var again = await _terminal.RunAsync($"token keys --out {folder}");

        Assert.Equal((0, ExitCode.Error), (made.ExitCode, again.ExitCode));
        Assert.Contains("has a key already", again.Error);
        var token = await CreateAsync(Path.Combine(folder, "private.pem"), "");
        var shown = await _terminal.RunAsync($"token inspect --stdin --key {Path.Combine(folder, "public.pem")} --audience instance1 -o json", token);
        Assert.Contains("\"signature\": \"VALID\"", shown.Out);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "private.pem")));
        }
    }

    [Fact]
    public async Task Inspect_says_all_that_is_wrong_without_a_key()
    {
        var text = string.Join('.', new[] { """{"alg":"none"}""", """{"exp":1700000000,"nbf":1900000000,"scope":"other","policysync.securables":[1]}""", "x" }
            .Select(part => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(part))));

        var ran = await _terminal.RunAsync("token inspect --stdin", text);

        Assert.Equal(ExitCode.Error, ran.ExitCode);
        Golden.AssertEqual("token-inspect-wrong", ran.Out);
    }

    [Fact]
    public async Task Another_key_does_not_verify_the_token()
    {
        var token = await CreateAsync(Keys(isRsa: false).Private, "");

        var ran = await _terminal.RunAsync($"token inspect --stdin --key {Keys(isRsa: false).Public}", token);

        Assert.Equal(ExitCode.Error, ran.ExitCode);
        Assert.Contains("! the key did not sign this token", ran.Out);
    }

    [Theory]
    [InlineData("--scope policysync.write", "error: `policysync.write` is not a scope")]
    [InlineData("--securable a.b.c.d", "error: `a.b.c.d` is not a pattern")]
    [InlineData("--expires 90", "error: `--expires` is not a time: `90`")]
    public async Task Claims_that_the_service_would_refuse_are_not_signed(string options, string message)
    {
        var ran = await _terminal.RunAsync($"token create --key {Keys(isRsa: false).Private} --audience instance1 {options}");

        Assert.Equal((ExitCode.Usage, ""), (ran.ExitCode, ran.Out));
        Assert.StartsWith(message, ran.Error);
    }

    [Fact]
    public async Task Keys_that_the_service_would_refuse_are_refused()
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var weak = RSA.Create(1024);
        var files = new[] { curve.ExportPkcs8PrivateKeyPem(), weak.ExportPkcs8PrivateKeyPem(), "no key" }.Select((pem, i) => _terminal.Write($"{i}.pem", pem));

        foreach (var file in files)
        {
            var ran = await _terminal.RunAsync($"token create --key {file} --audience instance1");

            Assert.Equal((ExitCode.Error, ""), (ran.ExitCode, ran.Out));
            Assert.Contains("remedy: give a PEM file of an EC key on P-256 or an RSA key of 2,048 bits or more", ran.Error);
        }
    }

    [Fact]
    public async Task A_token_in_a_file_can_be_read_by_its_owner_only()
    {
        var path = Path.Combine(_terminal.Folder, "token");

        var ran = await _terminal.RunAsync($"token create --key {Keys(isRsa: false).Private} --audience instance1 --out {path}");

        Assert.Equal((0, ""), (ran.ExitCode, ran.Out));
        Terminal.AssertOwnerOnly(path);
    }

    [Fact]
    public async Task What_is_not_a_token_is_refused_and_not_repeated()
    {
        var ran = await _terminal.RunAsync("token inspect --stdin", "dapi-secret.of.another");

        Assert.Equal(ExitCode.NotAllowed, ran.ExitCode);
        Assert.DoesNotContain("secret", ran.Error);
    }

    private async Task<string> CreateAsync(string key, string options)
    {
        var ran = await _terminal.RunAsync($"token create --key {key} --audience instance1 {options}");
        Assert.Equal((0, ""), (ran.ExitCode, ran.Error));
        return ran.Out;
    }

    private (string Private, string Public) Keys(bool isRsa)
    {
        using AsymmetricAlgorithm key = isRsa ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = Guid.NewGuid().ToString("N");
        return (_terminal.Write(name + ".pem", key.ExportPkcs8PrivateKeyPem()), _terminal.Write(name + ".pub.pem", key.ExportSubjectPublicKeyInfoPem()));
    }
}
