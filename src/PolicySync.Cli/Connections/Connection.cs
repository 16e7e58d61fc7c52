using PolicySync.Client;

namespace PolicySync.Cli.Connections;

/// <summary>Where a token is. It is read for each request, so that one that is replaced in its file is used at once.</summary>
/// <param name="Origin">Where it comes from, for people.</param>
/// <param name="Read">Reads it.</param>
internal sealed record TokenSource(string Origin, Func<string> Read);

/// <summary>The service and token of a command: from its options, the environment and the profile, in this order.</summary>
internal sealed class Connection(World world, string? profileName, string? url, string? tokenFile)
{
    private Profile? _profile;
    private bool _isRead;

    public string ProfileName { get; } = profileName ?? world.Variable("POLICYSYNC_PROFILE") ?? Profiles.Default;

    /// <summary>The address as an option or the environment names it; null when the profile's counts.</summary>
    public string? GivenUrl { get; } = url ?? world.Variable("POLICYSYNC_URL");

    /// <summary>The file as the option names it.</summary>
    public string? GivenTokenFile { get; } = tokenFile;

    public Profiles Profiles { get; } = new(world.ConfigFolder);

    public Uri Url => Parse(GivenUrl ?? Profile?.Url ?? throw new CliException(
        $"there is no address: the profile `{ProfileName}` does not exist", "run `policysync login --url URL`, or give `--url`", ExitCode.NotAllowed));

    public TokenSource Token
    {
        get
        {
            if ((GivenTokenFile ?? world.Variable("POLICYSYNC_TOKEN_FILE")) is { } file)
            {
                return OfFile(file);
            }

            if (world.Variable("POLICYSYNC_TOKEN") is { } text)
            {
                return new("POLICYSYNC_TOKEN", () => text.Trim());
            }

            if (Profile is null)
            {
                throw new CliException("there is no token", "run `policysync login`, or give `--token-file`", ExitCode.NotAllowed);
            }

            // A token must not reach another service than the one it is for.
            return GivenUrl is null || Origin(Parse(GivenUrl)) == Origin(Parse(Profile.Url))
                ? Profile.TokenFile is { } path ? OfFile(path) : new($"profile {ProfileName}", () => Profile.Token ?? "")
                : throw new CliException(
                    $"the token of the profile `{ProfileName}` is for {Profile.Url} and is not sent to {GivenUrl}",
                    "give `--token-file` too, or another `--profile`", ExitCode.NotAllowed);
        }
    }

    private Profile? Profile
    {
        get
        {
            if (!_isRead)
            {
                (_profile, _isRead) = (Profiles.Find(ProfileName), true);
            }

            return _profile;
        }
    }

    public PolicySyncClient Open() => Open(Url, Token, world.Time);

    public static PolicySyncClient Open(Uri url, TokenSource token, TimeProvider time)
    {
        _ = Check(token); // before the first attempt, so that the message does not come from between two of them
        return new(new PolicySyncClientOptions { Address = url, Token = _ => ValueTask.FromResult(Check(token)), Time = time });
    }

    public static Uri Parse(string url) => Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed is { Scheme: "http" or "https", UserInfo: "" }
        ? new Uri(parsed.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/")
        : throw new CliException($"`{url}` is not the address of a service", "give one such as https://policysync.example.com", ExitCode.Usage);

    public static TokenSource OfFile(string path) => new(path, () =>
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"the token file {path} cannot be read: {e.Message}", "give a file with a token", ExitCode.NotAllowed);
        }
    });

    private static string Check(TokenSource token) => token.Read() is { Length: > 0 } text && text.All(c => c is > ' ' and <= '~')
        ? text
        : throw new CliException($"{token.Origin} does not have a token", "write a token there: one line of text", ExitCode.NotAllowed);

    private static string Origin(Uri url) => url.GetLeftPart(UriPartial.Authority);
}
