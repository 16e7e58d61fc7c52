using Microsoft.Extensions.Configuration;
using PolicySync.Host.Configuration;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Configuration;

/// <summary>Receivers of events are checked before anything starts.</summary>
public sealed class WebhookSettingsTests : IDisposable
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private readonly Signer _signer = Signer.P256();
    private readonly TestFolder _folder;

    public WebhookSettingsTests() => _folder = new TestFolder(_signer.PublicPem);

    public void Dispose()
    {
        _folder.Dispose();
        _signer.Dispose();
    }

    [Fact]
    public void A_receiver_is_bound_with_all_that_it_has()
    {
        var (settings, faults) = Read(
            ("Endpoints:0:Events:0", "drift.found"), ("Endpoints:0:Securables:0", "main.*"), ("Endpoints:0:Min", "3"),
            ("Endpoints:1:Name", "second"), ("Endpoints:1:Url", "http://hooks.internal:8080/in?code=1"), ("Endpoints:1:SecretFile", File("secret", $"{Secret}\n{Secret}\n")),
            ("AllowedHosts:0", "Hooks.Internal"));

        Assert.Empty(faults);
        var (first, second) = (settings.Webhooks.Endpoints[0], settings.Webhooks.Endpoints[1]);
        Assert.Equal(("ops", "https://hooks.example/in", Secret, 3), (first.Name, first.Url!.ToString(), first.Secret, first.Min));
        Assert.Equal(["drift.found"], first.Events);
        Assert.Equal(["main.*"], first.Securables);
        Assert.Equal(("second", 1), (second.Name, second.Min));
        Assert.Empty(second.Events);
    }

    [Theory]
    [InlineData("Endpoints:0:Name=", "Endpoints:0:Name", "is required")]
    [InlineData("Endpoints:0:Name=Ops Team", "Endpoints:0:Name", "must match")]
    [InlineData("Endpoints:0:Name=a_b", "Endpoints:0:Name", "must match")]
    [InlineData("Endpoints:0:Url=", "Endpoints:0:Url", "is required")]
    [InlineData("Endpoints:0:Url=hooks", "Endpoints:0:Url", "absolute URL")]
    [InlineData("Endpoints:0:Url=http://hooks.example/", "Endpoints:0:Url", "must start with `https://`")]
    [InlineData("Endpoints:0:Url=ftp://hooks.example/", "Endpoints:0:Url", "must start with `https://`")]
    [InlineData("Endpoints:0:Url=https://user:hunter2@hooks.example/", "Endpoints:0:Url", "must not contain a user")]
    [InlineData("Endpoints:0:Url=https://hooks.example/#a", "Endpoints:0:Url", "fragment")]
    [InlineData("Endpoints:0:Url=https://169.254.169.254/", "Endpoints:0:Url", "not public (link-local)")]
    [InlineData("Endpoints:0:Url=https://[::ffff:10.0.0.1]/", "Endpoints:0:Url", "not public (private)")]
    [InlineData("Endpoints:0:Secret=", "Endpoints:0:Secret", "exactly one of `Secret` and `SecretFile`")]
    [InlineData("Endpoints:0:Secret=hunter2", "Endpoints:0:Secret", "must be `whsec_`")]
    [InlineData("Endpoints:0:SecretFile=/nowhere/secret", "Endpoints:0:Secret", "exactly one of `Secret` and `SecretFile`")]
    [InlineData("Endpoints:0:Events:0=task.started", "Endpoints:0:Events:0", "`task.ended`, `drift.found`, `access.exposed`, `policies.refused`")]
    [InlineData("Endpoints:0:Securables:0=a.b.c.d", "Endpoints:0:Securables:0", "has more than 3 segments")]
    [InlineData("Endpoints:0:Min=0", "Endpoints:0:Min", "must be between 1 and")]
    [InlineData("Endpoints:0:Retries=3", "Endpoints:0:Retries", "unknown key")]
    [InlineData("AllowedHosts:0=https://hooks.internal/", "AllowedHosts:0", "must be a host name or an IP address")]
    public void A_wrong_setting_is_named_with_what_is_wrong(string change, string key, string reason)
    {
        var at = change.IndexOf('=', StringComparison.Ordinal);
        var (_, faults) = Read((change[..at], change[(at + 1)..]));

        var fault = Assert.Single(faults);
        Assert.Equal($"PolicySync:Webhooks:{key}", fault.Key);
        Assert.Contains(reason, fault.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", fault.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nowhere/secret", null, "there is no file")]
    [InlineData(null, "", "the file is empty")]
    [InlineData(null, "hunter2", "each line must be `whsec_`")]
    public void A_file_without_secrets_is_named(string? path, string? content, string reason)
    {
        var (_, faults) = Read(("Endpoints:0:Secret", ""), ("Endpoints:0:SecretFile", path ?? File("secret", content!)));

        var fault = Assert.Single(faults);
        Assert.Equal("PolicySync:Webhooks:Endpoints:0:SecretFile", fault.Key);
        Assert.Contains(reason, fault.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", fault.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_listed_together_and_a_name_is_used_once()
    {
        var (_, faults) = Read(
            ("Endpoints:0:Min", "0"), ("Endpoints:1:Name", "ops"), ("Endpoints:1:Url", "https://127.0.0.1/"), ("Endpoints:1:Secret", "x"), ("AllowedHosts:0", "a b"));

        Assert.Equal(
            ["AllowedHosts:0", "Endpoints:0:Min", "Endpoints:1:Name", "Endpoints:1:Secret", "Endpoints:1:Url"],
            faults.Select(fault => fault.Key["PolicySync:Webhooks:".Length..]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_gateway_sends_nothing_and_needs_no_secret()
    {
        var (_, faults) = Read(
            ("Endpoints:0:Secret", ""), ("../Role", "Gateway"), ("../Storage:Provider", "AzureTable"), ("../Storage:ConnectionString", "UseDevelopmentStorage=true"));

        Assert.Empty(faults);
    }

    private string File(string name, string text)
    {
        var path = System.IO.Path.Combine(_folder.Path, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    private (Settings Settings, IReadOnlyList<ConfigurationFault> Faults) Read(params (string Key, string Value)[] changes)
    {
        var values = _folder.Settings;
        IEnumerable<(string Key, string Value)> good =
            [("Endpoints:0:Name", "ops"), ("Endpoints:0:Url", "https://hooks.example/in"), ("Endpoints:0:Secret", Secret)];
        foreach (var (key, value) in good.Concat(changes))
        {
            values[key.StartsWith("../", StringComparison.Ordinal) ? $"PolicySync:{key[3..]}" : $"PolicySync:Webhooks:{key}"] = value;
        }

        return Settings.Read(new ConfigurationBuilder().AddInMemoryCollection(values.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build());
    }
}
