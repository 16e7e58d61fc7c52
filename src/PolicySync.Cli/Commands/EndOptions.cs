using System.CommandLine;

namespace PolicySync.Cli.Commands;

/// <summary>The options <c>--reason</c>, and <c>--until</c> or <c>--for</c>: why something is so for a time, and when that ends.</summary>
internal sealed class EndOptions
{
    private readonly Option<string> _reason;
    private readonly Option<DateTimeOffset?> _until = TaskListCommand.Time("--until", "The end (ISO 8601; UTC unless it says otherwise), at most 366 days ahead.");
    private readonly Option<string?> _span = new("--for") { Description = "The end as a time from now: a number and s, m, h or d.", HelpName = "TIME" };

    public EndOptions(string reason) => _reason = new("--reason") { Description = reason, HelpName = "TEXT", Required = true };

    public void AddTo(Command command)
    {
        command.Add(_reason);
        command.Add(_until);
        command.Add(_span);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_until) is null == result.GetResult(_span) is null)
            {
                result.AddError("`--until` or `--for` says when it ends; one of them");
            }
        });
    }

    public (string Reason, DateTimeOffset End) Read(Run run) => (
        run.Value(_reason)!, run.Value(_until) ?? run.World.Time.GetUtcNow().AddSeconds(TokenCommands.Seconds(run.Value(_span)!, "--for")));
}
