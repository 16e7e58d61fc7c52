using Microsoft.Extensions.Options;

namespace PolicySync.AzureTables.Hosting;

[OptionsValidator]
internal sealed partial class AzureTablesRangeValidator : IValidateOptions<AzureTablesOptions>;

/// <summary>Checks rules over several settings. Reports every fault, and quotes no value, since values may be secrets.</summary>
internal sealed class AzureTablesOptionsValidator : IValidateOptions<AzureTablesOptions>
{
    public ValidateOptionsResult Validate(string? name, AzureTablesOptions options)
    {
        var faults = new List<string>();
        if (string.IsNullOrWhiteSpace(options.ConnectionString) == (options.ServiceUri is null))
        {
            faults.Add($"{AzureTablesOptions.Section} needs either ConnectionString or ServiceUri");
        }

        if (options.ServiceUri is { } uri && (!uri.IsAbsoluteUri || (uri.Scheme != Uri.UriSchemeHttps && !uri.IsLoopback)))
        {
            faults.Add($"{AzureTablesOptions.Section}:ServiceUri must be an absolute https address");
        }

        if (options.AttemptTimeout > options.CallTimeout)
        {
            faults.Add($"{AzureTablesOptions.Section}:AttemptTimeout must not be longer than CallTimeout");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
