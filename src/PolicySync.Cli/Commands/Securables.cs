using System.CommandLine;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary>The arguments <c>TYPE NAME...</c>.</summary>
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

    public Securables() => _type.CompletionSources.Add([.. SecurableNames.Types]);

    public void AddTo(Command command)
    {
        command.Add(_type);
        command.Add(_names);
    }

    public IReadOnlyList<Securable> Read(Run run)
    {
        var type = run.Value(_type);
        return [.. run.Value(_names).Select(name => Parse(type, name))];
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
