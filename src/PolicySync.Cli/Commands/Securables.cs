using System.CommandLine;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary>The arguments <c>TYPE NAME...</c>.</summary>
internal sealed class Securables
{
    private static readonly Dictionary<string, string[]> Levels = new(StringComparer.Ordinal)
    {
        ["catalog"] = ["catalog"],
        ["schema"] = ["catalog", "schema"],
        ["table"] = ["catalog", "schema", "table"],
        ["view"] = ["catalog", "schema", "table"],
        ["function"] = ["catalog", "schema", "function"],
        ["volume"] = ["catalog", "schema", "volume"],
        ["model"] = ["catalog", "schema", "model"],
        ["external_location"] = ["external_location"],
        ["storage_credential"] = ["storage_credential"],
        ["service_credential"] = ["service_credential"],
        ["connection"] = ["connection"],
        ["metastore"] = ["metastore"],
    };

    /// <summary>The types.</summary>
    public static IReadOnlyCollection<string> Types => Levels.Keys;

    private readonly Argument<string> _type = new("TYPE") { HelpName = "TYPE", Description = $"One of {string.Join(", ", Levels.Keys)}." };

    private readonly Argument<string[]> _names = new("NAME")
    {
        Description = "Full name, for example main.sales.customers. A part with a dot is in backticks.",
        Arity = ArgumentArity.OneOrMore,
    };

    public Securables() => _type.CompletionSources.Add([.. Levels.Keys]);

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
        if (!Levels.TryGetValue(type, out var levels))
        {
            throw new CliException($"`{type}` is not a type", $"use one of {string.Join(", ", Levels.Keys)}", ExitCode.Usage);
        }

        // A name on its own may have dots, as those of external locations do.
        var parts = levels.Length == 1 && !name.Contains('`') ? [name] : Split(name);
        return parts.Count == levels.Length && parts.TrueForAll(part => part.Length > 0)
            ? new Securable(type, levels.Zip(parts).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal))
            : throw new CliException(
                $"`{name}` is not the name of a {type}", $"write {string.Join('.', levels.Select(level => level.ToUpperInvariant()))}", ExitCode.Usage);
    }

    // Dots separate, except in backticks; two backticks in a quoted part are one.
    private static List<string> Split(string name)
    {
        var parts = new List<string> { "" };
        var isQuoted = false;
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '`' && isQuoted && i + 1 < name.Length && name[i + 1] == '`')
            {
                parts[^1] += name[++i];
            }
            else if (name[i] == '`')
            {
                isQuoted = !isQuoted;
            }
            else if (name[i] == '.' && !isQuoted)
            {
                parts.Add("");
            }
            else
            {
                parts[^1] += name[i];
            }
        }

        return isQuoted ? [] : parts;
    }
}
