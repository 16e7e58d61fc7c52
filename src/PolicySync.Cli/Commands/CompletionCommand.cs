using System.CommandLine;

namespace PolicySync.Cli.Commands;

/// <summary><c>completion</c>: scripts with which shells ask this program how a line may continue.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            _policysync() {
              local IFS=$'\n' line=${COMP_LINE:0:COMP_POINT}
              COMPREPLY=($(compgen -W "$(policysync "[suggest:${#line}]" "$line" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _policysync policysync
            """,
        ["zsh"] = """
            #compdef policysync
            _policysync() {
              local line="${words[1,CURRENT]}"
              local -a found
              found=("${(@f)$(policysync "[suggest:${#line}]" "$line" 2>/dev/null)}")
              compadd -a found
            }
            compdef _policysync policysync
            """,
        ["pwsh"] = """
            Register-ArgumentCompleter -Native -CommandName policysync -ScriptBlock {
              param($word, $tree, $position)
              policysync "[suggest:$position]" "$tree" | Where-Object { $_ -like "$word*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }
            """,
    };

    public static Command Build(Runner runner)
    {
        var shell = new Argument<string>("SHELL") { HelpName = "SHELL", Description = "bash, zsh or pwsh." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        return runner.With(new Command("completion", "Write the script that completes this program's arguments in a shell.") { shell }, run =>
        {
            run.World.Out.WriteLine(Scripts[run.Value(shell)].ReplaceLineEndings("\n"));
            return Task.FromResult(ExitCode.Success);
        });
    }
}
