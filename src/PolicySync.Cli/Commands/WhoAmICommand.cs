using System.CommandLine;
using System.Globalization;
using PolicySync.Cli.Jwt;

namespace PolicySync.Cli.Commands;

/// <summary><c>whoami</c>: the address, and what the token says about itself.</summary>
internal static class WhoAmICommand
{
    public static Command Build(Runner runner) => runner.With(
        new Command("whoami", "Show the address, and subject, scopes, securables and expiry of the token."), run => Task.FromResult(Show(run)));

    private static int Show(Run run)
    {
        var url = run.Connection.Url;
        var source = run.Connection.Token;
        var token = Token.Parse(source.Read());
        var result = new
        {
            profile = run.Connection.ProfileName,
            url,
            token = source.Origin,
            subject = token.Text("sub"),
            scopes = token.Scopes,
            securables = token.Securables,
            expires = token.Time("exp"),
        };
        run.Printer.Print(result, printer => printer.Pairs(
            ("Address", url.ToString()),
            ("Token", source.Origin),
            ("Subject", result.subject ?? "none"),
            ("Scopes", result.scopes is null ? "none: the whole API" : string.Join(' ', result.scopes)),
            ("Securables", result.securables switch { null => "all", [] => "none", var some => string.Join(' ', some) }),
            ("Expires", Expiry(result.expires, run.World.Time.GetUtcNow()))));
        return ExitCode.Success;
    }

    public static string Expiry(DateTimeOffset? expires, DateTimeOffset now) => expires switch
    {
        null => "never: the service does not accept such a token",
        { } time when time <= now => $"{Text(time)}, which has passed",
        { } time => $"{Text(time)}, in {Output.ProgressLine.Span(time - now)}",
    };

    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
