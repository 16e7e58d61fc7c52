namespace PolicySync.Cli;

/// <summary>How a command ended, for scripts. docs/cli.md lists them.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The command could not be carried out.</summary>
    public const int Error = 1;

    /// <summary>A verification found drift, a plan would change something, or policies differ.</summary>
    public const int Drift = 2;

    /// <summary>The task ended, and not everything that it was asked for is done.</summary>
    public const int TaskFailed = 3;

    /// <summary>There is no valid token, or the token does not allow it.</summary>
    public const int NotAllowed = 4;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary>A defect of this program.</summary>
    public const int Defect = 70;

    /// <summary>Interrupted by Ctrl-C.</summary>
    public const int Interrupted = 130;
}

/// <summary>A failure with a message for people.</summary>
internal sealed class CliException(string message, string? remedy = null, int exitCode = ExitCode.Error) : Exception(message)
{
    public string? Remedy { get; } = remedy;

    public int ExitCode { get; } = exitCode;
}
