namespace UnityCatalog.Emulator.Hosting;

/// <summary>Start options of an emulator.</summary>
public sealed record EmulatorOptions
{
    /// <summary>The address to listen on; port 0 takes a free one. Loopback by default, because /_emulator requires no token.</summary>
    public string Url { get; init; } = "http://127.0.0.1:8585";

    /// <summary>State file; null is the sample metastore that comes with the emulator.</summary>
    public string? StateFile { get; init; }

    /// <summary>Written with the bound URL once requests are served; null writes none.</summary>
    public string? PortFile { get; init; }

    /// <summary>Further tokens, <c>TOKEN</c> or <c>TOKEN=PRINCIPAL</c>; without a principal, that of the first token of the state.</summary>
    public IReadOnlyList<string> Tokens { get; init; } = [];

    /// <summary>How many calls are kept; older ones are dropped.</summary>
    public int RecordedCalls { get; init; } = 200_000;

    /// <summary>The clock of faults, expiry and times.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
