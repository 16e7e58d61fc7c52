namespace PolicySync.Host.Configuration;

/// <summary>One fault of the configuration.</summary>
/// <param name="Key">The full key, such as <c>PolicySync:Workspace:Host</c>.</param>
/// <param name="Problem">What is wrong and what is expected; never the value of a secret.</param>
internal sealed record ConfigurationFault(string Key, string Problem)
{
    public override string ToString() => $"{Key}: {Problem}";
}
