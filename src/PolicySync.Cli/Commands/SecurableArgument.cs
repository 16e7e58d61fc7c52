using System.CommandLine;

namespace PolicySync.Cli.Commands;

/// <summary>The arguments <c>TYPE NAME</c>, for a command about one securable.</summary>
internal sealed class SecurableArgument
{
    private readonly Argument<string> _type = new("TYPE") { HelpName = "TYPE", Description = $"One of {string.Join(", ", Securables.Types)}." };

    private readonly Argument<string> _name = new("NAME") { Description = "Full name, for example main.sales.customers." };

    public SecurableArgument() => _type.CompletionSources.Add([.. Securables.Types]);

    public void AddTo(Command command)
    {
        command.Add(_type);
        command.Add(_name);
    }

    /// <summary>The type and the full name as the API takes them in a path.</summary>
    public (string Type, string FullName) Read(Run run)
    {
        var securable = Securables.Parse(run.Value(_type), run.Value(_name));
        return (securable.Type, string.Join('.', securable.Values.Values));
    }
}
