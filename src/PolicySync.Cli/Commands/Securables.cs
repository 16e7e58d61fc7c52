using System.CommandLine;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary>The arguments <c>TYPE NAME...</c>, and the option <c>--self-only</c>.</summary>
internal sealed class Securables
{
    /// <summary>The types.</summary>
    public static IReadOnlyCollection<string> Types => SecurableNames.Types;

    private readonly Argument<string> _type = new("TYPE") { HelpName = "TYPE", Description = $"One of {string.Join(", ", SecurableNames.Types)}." };

    private readonly Argument<string[]> _names = new("NAME")
    {
        Description = "Full name, for example main.sales.customers. A part with a dot is in backticks.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _selfOnly = new("--self-only")
    {
        Description = "Of a catalog or schema: only its own grants and USE, nothing below it.",
    };

    public Securables() => _type.CompletionSources.Add([.. SecurableNames.Types]);

    public void AddTo(Command command)
    {
        command.Add(_type);
        command.Add(_names);
        command.Add(_selfOnly);
    }

    public IReadOnlyList<Securable> Read(Run run)
    {
        var type = run.Value(_type);
        bool? selfOnly = run.Value(_selfOnly) ? true : null;
        return selfOnly is true && type is not ("catalog" or "schema")
            ? throw new CliException($"`--self-only` is not for a {type}", "use it with a catalog or schema, or leave it out", ExitCode.Usage)
            : [.. run.Value(_names).Select(name => Parse(type, name) with { SelfOnly = selfOnly })];
    }

    public static Securable Parse(string type, string name)
    {
        if (SecurableNames.FormOf(type) is not { } form)
        {
            throw new CliException($"`{type}` is not a type", $"use one of {string.Join(", ", SecurableNames.Types)}", ExitCode.Usage);
        }

        return SecurableNames.Parse(type, name)
            ?? throw new CliException($"`{name}` is not the name of a {type}", $"write {form}", ExitCode.Usage);
    }
}
