using System.Text.Json.Serialization;
using PolicySync.Client.Http;

namespace PolicySync.Client;

/// <summary>The results of the checks of the service.</summary>
public sealed record ServiceChecks
{
    /// <summary>One for each check, always in the same order.</summary>
    public IReadOnlyList<ServiceCheck> Checks { get => field ?? []; init; }
}

/// <summary>The result of one check.</summary>
public sealed record ServiceCheck
{
    /// <summary>What was checked, for example <c>storage</c>. Later versions of the service may have more.</summary>
    public string Name { get => field ?? ""; init; }

    /// <summary>How it ended.</summary>
    public CheckStatus Status { get; init; }

    /// <summary>What was found, for people.</summary>
    public string Detail { get => field ?? ""; init; }

    /// <summary>What to do about it; null when nothing is to be done.</summary>
    public string? Remedy { get; init; }
}

/// <summary>How a check ended.</summary>
[JsonConverter(typeof(WireNameConverter<CheckStatus>))]
public enum CheckStatus
{
    /// <summary>A status that this version of the client does not know.</summary>
    Unknown,

    /// <summary>What is checked is as it must be.</summary>
    [JsonStringEnumMemberName("OK")] Ok,

    /// <summary>The service works, but something needs attention.</summary>
    [JsonStringEnumMemberName("WARN")] Warn,

    /// <summary>A part of the service's work fails until the remedy is applied.</summary>
    [JsonStringEnumMemberName("FAIL")] Fail,

    /// <summary>There was nothing to check, or it could not be checked because another check failed.</summary>
    [JsonStringEnumMemberName("SKIPPED")] Skipped,
}
