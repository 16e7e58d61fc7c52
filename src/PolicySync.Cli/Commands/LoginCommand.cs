using System.CommandLine;
using PolicySync.Cli.Connections;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary><c>login</c>: keeps an address and a token as a profile.</summary>
internal static class LoginCommand
{
    public static Command Build(Runner runner)
    {
        var stdin = new Option<bool>("--token-stdin") { Description = "Read the token from standard input and keep it in the profile." };
        var offline = new Option<bool>("--no-check") { Description = "Do not ask the service whether it accepts the token." };
        var command = new Command("login", "Keep the address of a service and a token as a profile that only you can read.") { stdin, offline };
        return runner.With(command, run => LoginAsync(run, run.Value(stdin), run.Value(offline)));
    }

    private static async Task<int> LoginAsync(Run run, bool fromStdin, bool isOffline)
    {
        var connection = run.Connection;
        if (fromStdin == (connection.GivenTokenFile is not null))
        {
            throw new CliException(
                "`login` needs a token", "give either `--token-file FILE` or `--token-stdin`; a token is not an argument, as others could see it", ExitCode.Usage);
        }

        var url = connection.Url;
        var file = connection.GivenTokenFile is { } given ? Path.GetFullPath(given) : null;
        var text = fromStdin ? (await run.World.In.ReadToEndAsync(run.Cancellation)).Trim() : null;
        var source = file is not null ? Connection.OfFile(file) : new TokenSource("standard input", () => text!);
        using (var client = Connection.Open(url, source, run.World.Time))
        {
            if (!isOffline)
            {
                await foreach (var page in client.Tasks(new TaskFilter { PageSize = 1 }).AsPages(cancellation: run.Cancellation))
                {
                    break; // one answer says that the token is accepted
                }
            }
        }

        connection.Profiles.Save(connection.ProfileName, new Profile(url.ToString(), file, text));
        run.Printer.Print(
            new { profile = connection.ProfileName, url, tokenFile = file, file = connection.Profiles.FilePath },
            printer => printer.Line($"Profile `{connection.ProfileName}` for {url} is kept in {connection.Profiles.FilePath}"));
        if (url is { Scheme: "http", IsLoopback: false })
        {
            run.Printer.Note($"warning: {url} is not https, so others in the network may read the token");
        }

        return ExitCode.Success;
    }
}
