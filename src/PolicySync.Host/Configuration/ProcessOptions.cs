namespace PolicySync.Host.Configuration;

/// <summary>The role and the name of the process. Section <c>PolicySync</c>.</summary>
internal sealed class ProcessOptions
{
    public const string Section = "PolicySync";

    /// <summary>Which parts run here. Default: <c>All</c>.</summary>
    public ProcessRole Role { get; set; } = ProcessRole.All;

    /// <summary>
    /// The connector instance's name. Default: <c>instance1</c>. Tokens must name it as their audience unless
    /// <c>Auth:Audience</c> says otherwise.
    /// </summary>
    public string Instance { get; set; } = "instance1";
}

/// <summary>The parts of the service that a process holds.</summary>
internal enum ProcessRole
{
    /// <summary>Everything in one process.</summary>
    All,

    /// <summary>The REST API alone, as a client of the silos.</summary>
    Gateway,

    /// <summary>Grains alone.</summary>
    Silo,
}
