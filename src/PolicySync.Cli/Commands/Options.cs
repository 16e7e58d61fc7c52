using System.CommandLine;
using System.Globalization;
using PolicySync.Cli.Output;

namespace PolicySync.Cli.Commands;

/// <summary>Options that several commands have.</summary>
internal static class Options
{
    public static Option<string?> Text(string name, string value, string description) => new(name) { Description = description, HelpName = value };

    /// <summary>An option that takes the names of the wire, in any case.</summary>
    public static Option<T?> Names<T>(string name, string value, string description)
        where T : struct, Enum
    {
        var names = Enum.GetValues<T>().Where(one => Convert.ToInt32(one, CultureInfo.InvariantCulture) != 0).ToDictionary(Printer.Name, StringComparer.OrdinalIgnoreCase);
        var option = new Option<T?>(name)
        {
            Description = description,
            HelpName = value,
            CustomParser = result =>
            {
                if (names.TryGetValue(result.Tokens[^1].Value, out var found))
                {
                    return found;
                }

                result.AddError($"`{name}` is {string.Join(", ", names.Keys)}, not `{result.Tokens[^1].Value}`");
                return null;
            },
        };
        option.CompletionSources.Add([.. names.Keys]);
        return option;
    }
}
