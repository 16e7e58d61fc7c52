using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PolicySync.Cli.Connections;
using PolicySync.Cli.Jwt;

namespace PolicySync.Cli.Commands;

/// <summary><c>token</c>: makes and explains tokens. Neither asks the service.</summary>
internal static partial class TokenCommands
{
    private const string DefaultExpiry = "1h";

    public static Command Build(Runner runner) => new("token", "Make a key pair, make a token with it, or show what a token says.")
    {
        BuildCreate(runner),
        BuildInspect(runner),
        TokenKeysCommand.Build(runner),
    };

    private static Command BuildCreate(Runner runner)
    {
        var key = new Option<string>("--key") { Description = "PEM file of the private key: EC on P-256 (ES256), or RSA (RS256).", HelpName = "FILE", Required = true };
        var audience = new Option<string>("--audience") { Description = "The service's `Auth:Audience`: by default the name of its instance.", HelpName = "NAME", Required = true };
        var issuer = Text("--issuer", "NAME", $"The service's `Auth:Issuer`. Default: {TokenCheck.DefaultIssuer}.");
        var subject = Text("--subject", "NAME", "Who the token is for. Default: your user name.");
        var scope = Texts("--scope", "SCOPE", $"One of {string.Join(", ", TokenCheck.KnownScopes)}; may be repeated. Without it the token opens the whole API but suspensions.");
        var securable = Texts("--securable", "PATTERN", "Limits the token to these securables, for example main.sales; may be repeated.");
        var expires = Text("--expires", "TIME", $"A number and s, m, h or d. Default: {DefaultExpiry}.");
        var file = Text("--out", "FILE", "Write the token to a file that only you can read, instead of standard output.");
        var command = new Command("create", "Make a token and sign it with a private key.") { key, audience, issuer, subject, scope, securable, expires, file };
        scope.CompletionSources.Add(TokenCheck.KnownScopes);
        return runner.With(command, run =>
        {
            var now = run.World.Time.GetUtcNow().ToUnixTimeSeconds();
            var claims = new JsonObject
            {
                ["iss"] = run.Value(issuer) ?? TokenCheck.DefaultIssuer,
                ["aud"] = run.Value(audience),
                ["sub"] = run.Value(subject) ?? Environment.UserName,
                ["iat"] = now,
                ["exp"] = now + Seconds(run.Value(expires) ?? DefaultExpiry),
            };
            AddRights(claims, run.Value(scope) ?? [], run.Value(securable) ?? []);
            using var signing = SigningKey.Read(run.Value(key)!);
            var token = signing.Sign(claims);
            if (run.Value(file) is { } path)
            {
                Profiles.WriteSecret(path, token + "\n");
                run.Printer.Note($"the token is in {path}");
            }
            else
            {
                run.World.Out.WriteLine(token);
            }

            return Task.FromResult(ExitCode.Success);
        });
    }

    private static Command BuildInspect(Runner runner)
    {
        var key = Text("--key", "FILE", "PEM file of the public key. Without it the signature is not checked.");
        var audience = Text("--audience", "NAME", "The audience that the service expects.");
        var issuer = Text("--issuer", "NAME", "The issuer that the service expects.");
        var stdin = new Option<bool>("--stdin") { Description = "Read the token from standard input." };
        var command = new Command("inspect", "Show the claims of the current token and what is wrong with it. Exits with 1 if something is.")
        {
            key, audience, issuer, stdin,
        };
        return runner.With(command, async run =>
        {
            var token = Token.Parse(run.Value(stdin) ? (await run.World.In.ReadToEndAsync(run.Cancellation)).Trim() : run.Connection.Token.Read());
            var problems = TokenCheck.Problems(token, run.Value(issuer), run.Value(audience), run.World.Time.GetUtcNow()).ToList();
            var signature = "NOT_CHECKED";
            if (run.Value(key) is { } path)
            {
                using var signing = SigningKey.Read(path);
                signature = signing.Verifies(token) ? "VALID" : "INVALID";
            }

            if (signature == "INVALID")
            {
                problems.Insert(0, "the key did not sign this token; use the private key that belongs to it");
            }

            run.Printer.Print(new { header = token.Header, claims = token.Claims, signature, problems }, printer =>
            {
                printer.Pairs(token.Header.Select(member => (member.Key, (string?)member.Value?.ToString()))
                    .Concat(token.Claims.Select(claim => (claim.Key, Value(token, claim.Key))))
                    .Append(("signature", signature == "NOT_CHECKED" ? "not checked; `--key` gives the public key" : signature)));
                problems.ForEach(problem => printer.Line($"! {problem}"));
            });
            return problems.Count == 0 ? ExitCode.Success : ExitCode.Error;
        });
    }

    private static string? Value(Token token, string claim) =>
        claim is "exp" or "nbf" or "iat" && token.Time(claim) is { } time ? WhoAmICommand.Text(time) : token.Claims[claim] switch
        {
            JsonValue value => value.ToString(),
            { } other => other.ToJsonString(),
            null => null,
        };

    private static void AddRights(JsonObject claims, string[] scopes, string[] securables)
    {
        if (scopes.Except(TokenCheck.KnownScopes).FirstOrDefault() is { } unknown)
        {
            throw new CliException($"`{unknown}` is not a scope", $"use {string.Join(", ", TokenCheck.KnownScopes)}", ExitCode.Usage);
        }

        if (securables.FirstOrDefault(pattern => !TokenCheck.IsPattern(pattern)) is { } wrong)
        {
            throw new CliException($"`{wrong}` is not a pattern", "write 1 to 3 segments with `*` and `?`, for example main.sales.*", ExitCode.Usage);
        }

        if (scopes.Length > 0)
        {
            claims["scope"] = string.Join(' ', scopes);
        }

        if (securables.Length > 0)
        {
            claims[TokenCheck.SecurablesClaim] = new JsonArray([.. securables.Select(pattern => JsonValue.Create(pattern))]);
        }
    }

    /// <summary>Reads a span such as <c>90m</c>.</summary>
    public static long Seconds(string text, string option = "--expires") => Expiry().Match(text) is { Success: true } match
        ? long.Parse(match.Groups["count"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)
            * match.Groups["unit"].Value switch { "s" => 1, "m" => 60, "h" => 3600, _ => 86400 }
        : throw new CliException($"`{option}` is not a time: `{text}`", "write a number and s, m, h or d, such as 90m", ExitCode.Usage);

    private static Option<string?> Text(string name, string value, string description) => new(name) { Description = description, HelpName = value };

    private static Option<string[]> Texts(string name, string value, string description) => new(name) { Description = description, HelpName = value };

    [GeneratedRegex("^(?<count>[1-9][0-9]{0,5})(?<unit>[smhd])$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Expiry();
}
