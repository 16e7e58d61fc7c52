using PolicySync.Cli.Tests.Support;

namespace PolicySync.Cli.Tests;

public sealed class ProfileTests : IDisposable
{
    // {"alg":"ES256"}.{"sub":"rosa","exp":1796043600,"scope":"policysync.read"}, signature "secret"
    private const string Token = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJyb3NhIiwiZXhwIjoxNzk2MDQzNjAwLCJzY29wZSI6InBvbGljeXN5bmMucmVhZCJ9.c2VjcmV0";

    private readonly Terminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public async Task A_profile_is_a_file_for_its_owner_and_names_the_service_of_later_commands()
    {
        var login = await LoginAsync("--url https://policysync.example.com/");
        var who = await _terminal.RunAsync("whoami");

        Assert.Equal((0, 0), (login.ExitCode, who.ExitCode));
        Terminal.AssertOwnerOnly(Path.Combine(_terminal.Folder, "policysync", "profiles.json"));
        Golden.AssertEqual("whoami", who.Out);
        Golden.AssertEqual("whoami-json", (await _terminal.RunAsync("whoami -o json")).Out);
        Golden.AssertEqual("whoami-yaml", (await _terminal.RunAsync("whoami -o yaml")).Out);
        Assert.DoesNotContain(Token.Split('.')[2], login.Out + login.Error + who.Out + who.Error);
    }

    [Fact]
    public async Task Profiles_do_not_replace_each_other()
    {
        await LoginAsync("--url https://one.example.com");
        await LoginAsync("--url https://two.example.com --profile two");
        _terminal.Variables["POLICYSYNC_PROFILE"] = "two";

        Assert.Contains("https://two.example.com/", (await _terminal.RunAsync("whoami")).Out);
        Assert.Contains("https://one.example.com/", (await _terminal.RunAsync("whoami --profile default")).Out);
    }

    [Fact]
    public async Task The_token_of_a_profile_is_not_sent_to_another_address()
    {
        await LoginAsync("--url https://policysync.example.com");

        var ran = await _terminal.RunAsync("tasks list --url https://other.example.com");

        Assert.Equal(ExitCode.NotAllowed, ran.ExitCode);
        Assert.Contains("is for https://policysync.example.com/ and is not sent to https://other.example.com", ran.Error);
    }

    [Fact]
    public async Task Options_come_before_the_environment_and_the_environment_before_the_profile()
    {
        await LoginAsync("--url https://profile.example.com");
        var file = _terminal.Write("token", Token);
        _terminal.Variables["POLICYSYNC_URL"] = "https://environment.example.com";
        _terminal.Variables["POLICYSYNC_TOKEN"] = Token;

        Assert.Contains("https://environment.example.com/", (await _terminal.RunAsync("whoami")).Out);
        Assert.Contains("POLICYSYNC_TOKEN", (await _terminal.RunAsync("whoami")).Out);
        var ran = await _terminal.RunAsync($"whoami --url https://option.example.com --token-file {file}");
        Assert.Contains("https://option.example.com/", ran.Out);
        Assert.Contains(file, ran.Out);
    }

    [Theory]
    [InlineData("whoami", "there is no address: the profile `default` does not exist")]
    [InlineData("whoami --url https://policysync.example.com", "there is no token")]
    [InlineData("tasks list --url https://policysync.example.com", "there is no token")]
    [InlineData("whoami --url https://policysync.example.com --token-file /nowhere/token", "the token file /nowhere/token cannot be read")]
    public async Task Without_an_address_or_token_a_command_is_4_and_says_what_to_do(string line, string message)
    {
        var ran = await _terminal.RunAsync(line);

        Assert.Equal(ExitCode.NotAllowed, ran.ExitCode);
        Assert.Contains($"error: {message}", ran.Error);
        Assert.Contains("remedy: ", ran.Error);
    }

    [Theory]
    [InlineData("policysync.example.com")]
    [InlineData("ftp://policysync.example.com")]
    [InlineData("https://user:password@policysync.example.com")]
    public async Task What_is_not_the_address_of_a_service_is_64(string url)
    {
        var ran = await _terminal.RunAsync($"whoami --url {url}");

        Assert.Equal(ExitCode.Usage, ran.ExitCode);
        Assert.Contains("is not the address of a service", ran.Error);
    }

    [Fact]
    public async Task Damaged_profiles_are_named_and_not_replaced()
    {
        Directory.CreateDirectory(Path.Combine(_terminal.Folder, "policysync"));
        var file = _terminal.Write("policysync/profiles.json", "{");

        var ran = await LoginAsync("--url https://policysync.example.com");

        Assert.Equal(ExitCode.Error, ran.ExitCode);
        Assert.Contains(file, ran.Error);
        Assert.Equal("{", await File.ReadAllTextAsync(file));
    }

    private Task<Ran> LoginAsync(string options) => _terminal.RunAsync($"login --token-stdin --no-check {options}", Token);
}
