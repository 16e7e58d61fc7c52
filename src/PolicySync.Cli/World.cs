namespace PolicySync.Cli;

/// <summary>What the command line has around it. Tests have one of their own.</summary>
internal sealed record World
{
    /// <summary>The width of what is not a terminal, and of help.</summary>
    public const int DefaultWidth = 80;

    public required TextReader In { get; init; }

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The folder of the profiles.</summary>
    public required string ConfigFolder { get; init; }

    /// <summary>Reads an environment variable; null when it is not set.</summary>
    public Func<string, string?> Variable { get; init; } = static _ => null;

    /// <summary>Whether <see cref="Out"/> may have colours.</summary>
    public bool HasColor { get; init; }

    /// <summary>Whether <see cref="Error"/> is a terminal, on which a line may be written again.</summary>
    public bool IsLive { get; init; }

    public int Width { get; init; } = DefaultWidth;

    public static World OfProcess() => new()
    {
        In = Console.In,
        Out = Console.Out,
        Error = Console.Error,
        ConfigFolder = Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "policysync"),
        Variable = static name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null,
        HasColor = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
        IsLive = !Console.IsErrorRedirected,
        Width = Console.IsOutputRedirected || Console.WindowWidth < 40 ? DefaultWidth : Console.WindowWidth,
    };
}
