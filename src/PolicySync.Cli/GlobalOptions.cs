using System.CommandLine;
using PolicySync.Cli.Output;

namespace PolicySync.Cli;

/// <summary>The options that every command takes.</summary>
internal sealed class GlobalOptions
{
    public Option<OutputFormat> Output { get; } = new("--output", "-o")
    {
        Description = "Form of what is written: table, json or yaml. Default: table.",
        HelpName = "FORM",
        Recursive = true,
        CustomParser = static result =>
        {
            if (Enum.TryParse<OutputFormat>(result.Tokens[^1].Value, ignoreCase: true, out var format) && !char.IsDigit(result.Tokens[^1].Value[0]))
            {
                return format;
            }

            result.AddError($"`--output` is table, json or yaml, not `{result.Tokens[^1].Value}`");
            return default;
        },
    };

    public Option<string?> Profile { get; } = new("--profile")
    {
        Description = "Profile with address and token. Default: POLICYSYNC_PROFILE, else `default`.",
        HelpName = "NAME",
        Recursive = true,
    };

    public Option<string?> Url { get; } = new("--url")
    {
        Description = "Address of the service. Default: POLICYSYNC_URL, else the profile's.",
        HelpName = "URL",
        Recursive = true,
    };

    public Option<string?> TokenFile { get; } = new("--token-file")
    {
        Description = "File with the token. Default: POLICYSYNC_TOKEN_FILE, else POLICYSYNC_TOKEN, else the profile's.",
        HelpName = "FILE",
        Recursive = true,
    };

    public void AddTo(RootCommand root)
    {
        Output.CompletionSources.Add("table", "json", "yaml");
        root.Add(Output);
        root.Add(Profile);
        root.Add(Url);
        root.Add(TokenFile);
    }
}
