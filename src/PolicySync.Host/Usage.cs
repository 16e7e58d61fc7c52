using PolicySync.ContractCheck;
using PolicySync.ContractCheck.Events;

namespace PolicySync.Host;

/// <summary>What <c>--help</c> prints.</summary>
internal static class Usage
{
    public const string Text = $"""
        Keeps the privileges, row filters and column masks of Databricks Unity Catalog equal to what Apache Ranger policies say.

        usage:
          PolicySync.Host [--PolicySync:SECTION:KEY=VALUE]...   runs the service in the role that PolicySync:Role names
          PolicySync.Host {ContractCheckCommand.Verb} [OPTION]...             checks what the service assumes about a workspace; without options it lists them
          PolicySync.Host {ContractCheckCommand.Verb} {EventsCheckCommand.Word} [OPTION]...      the same about an event hub
          PolicySync.Host {PolicySyncHost.CheckConfiguration}                 judges the settings of its environment and starts nothing
          PolicySync.Host --version                             prints the version
          PolicySync.Host --help                                prints this text

        exit codes of the service:
          0    stopped on request
          1    ended by a fault, which the log names
          2    the configuration has faults, which standard error lists

        exit codes of {ContractCheckCommand.Verb}:
          0    everything that was checked holds
          1    something differs
          2    the check could not run, or could not remove everything that it made
          130  interrupted; everything that it made is removed

        Every setting is an argument, an environment variable (PolicySync__Workspace__Host) or a key in appsettings.json beside
        the program. docs/configuration.md lists them with their defaults.
        """;
}
