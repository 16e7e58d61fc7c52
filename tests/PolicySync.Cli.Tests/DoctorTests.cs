using PolicySync.Cli.Tests.Support;

namespace PolicySync.Cli.Tests;

/// <summary>The checks that need no service.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly Terminal _terminal = new() { Time = TimeProvider.System };

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public async Task A_service_that_cannot_be_reached_is_said_so_and_the_token_is_still_checked()
    {
        _terminal.Variables["POLICYSYNC_URL"] = $"http://127.0.0.1:{FreePort.Next()}";
        _terminal.Variables["POLICYSYNC_TOKEN"] = await TokenAsync("1h");

        var ran = await _terminal.RunAsync("doctor");

        Assert.Equal((ExitCode.Error, ""), (ran.ExitCode, ran.Error));
        Assert.Matches(@"(?s)^OK      address: .*\nFAIL    network: 127\.0\.0\.1:\d+ cannot be reached: .*\n        remedy: Check that the service runs", ran.Out);
        Assert.Matches(@"(?s)\nWARN    token: POLICYSYNC_TOKEN, .*remedy: Get a new token in time\.\nSKIPPED service: ", ran.Out);
        Assert.All(ran.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public async Task An_expired_token_fails_and_one_that_is_valid_for_days_does_not()
    {
        _terminal.Variables["POLICYSYNC_URL"] = $"http://127.0.0.1:{FreePort.Next()}";
        _terminal.Variables["POLICYSYNC_TOKEN"] = await TokenAsync("1h");
        using var later = new Terminal { Time = new ShiftedTime(TimeSpan.FromHours(3)) };
        foreach (var (name, value) in _terminal.Variables)
        {
            later.Variables[name] = value;
        }

        var expired = await later.RunAsync("doctor -o yaml");
        later.Variables["POLICYSYNC_TOKEN"] = await TokenAsync("9d");
        var valid = await later.RunAsync("doctor -o yaml");

        Assert.Matches(@"name: token\n    status: FAIL\n    detail: .*the token has expired", expired.Out);
        Assert.Matches(@"name: token\n    status: OK\n", valid.Out);
    }

    [Fact]
    public async Task Without_address_and_token_both_are_named_with_their_remedies()
    {
        var ran = await _terminal.RunAsync("doctor");

        Assert.Equal(ExitCode.Error, ran.ExitCode);
        Assert.Matches(@"(?s)^FAIL    address: there is no address.*\n        remedy: run `policysync login.*\nFAIL    token: there is no token", ran.Out);
    }

    [Fact]
    public async Task Without_token_none_is_asked_for_and_the_network_is_still_checked()
    {
        _terminal.Variables["POLICYSYNC_URL"] = $"http://127.0.0.1:{FreePort.Next()}";

        var ran = await _terminal.RunAsync("doctor --without-token");

        Assert.Equal(ExitCode.Error, ran.ExitCode); // nothing answers there
        Assert.Matches(@"\nFAIL    network: ", ran.Out);
        Assert.Matches(@"\nSKIPPED token: no token is used\n", ran.Out);
        Assert.DoesNotContain("FAIL    token", ran.Out, StringComparison.Ordinal);
    }

    private async Task<string> TokenAsync(string expires)
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var file = _terminal.Write("key.pem", key.ExportPkcs8PrivateKeyPem());
        var made = await _terminal.RunAsync($"token create --key {file} --audience a --subject ann --expires {expires}");
        Assert.Equal(0, made.ExitCode);
        return made.Out.Trim();
    }
}
