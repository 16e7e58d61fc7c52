namespace PolicySync.Host.Configuration;

/// <summary>Separates the values below <c>PolicySync:</c> that can be bound from faults.</summary>
internal static class ConfigurationValues
{
    /// <summary>Returns the values that can be bound, and a fault for each unknown key and each value of the wrong form.</summary>
    public static (IConfiguration Values, IReadOnlyList<ConfigurationFault> Faults) Validate(IConfiguration configuration)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var faults = new List<ConfigurationFault>();
        foreach (var (path, text) in configuration.GetSection(ProcessOptions.Section).AsEnumerable()
                     .Where(pair => pair.Value is not null)
                     .OrderBy(pair => pair.Key, ConfigurationKeyComparer.Instance))
        {
            if (ConfigurationKeys.Find(path) is not { } key)
            {
                faults.Add(new ConfigurationFault(path, Unknown(path)));
            }
            else if (text!.Length == 0)
            {
                // An empty value counts as absent: deployment tools set unused variables to nothing.
            }
            else if (ConfigurationText.Fault(text, key.Type) is { } problem)
            {
                faults.Add(new ConfigurationFault(path, problem));
            }
            else
            {
                values[path] = text;
            }
        }

        return (new ConfigurationBuilder().AddInMemoryCollection(values).Build(), faults);
    }

    private static string Unknown(string path)
    {
        var below = ConfigurationKeys.All.FirstOrDefault(key => key.Name.StartsWith(path + ":", StringComparison.OrdinalIgnoreCase));
        return below is null ? "unknown key" : $"has no value itself; write `{below.Name.Replace(":N", ":0", StringComparison.Ordinal)}`";
    }
}
