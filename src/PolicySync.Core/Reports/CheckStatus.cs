using System.Text.Json.Serialization;

namespace PolicySync.Core.Reports;

/// <summary>How a check of the service ended. Wire names are promises.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CheckStatus>))]
public enum CheckStatus
{
    /// <summary>What is checked is as it must be.</summary>
    [JsonStringEnumMemberName("OK")] Ok,

    /// <summary>The service works, but something needs attention.</summary>
    [JsonStringEnumMemberName("WARN")] Warn,

    /// <summary>A part of the service's work fails until the remedy is applied.</summary>
    [JsonStringEnumMemberName("FAIL")] Fail,

    /// <summary>There was nothing to check, or it could not be checked because another check failed.</summary>
    [JsonStringEnumMemberName("SKIPPED")] Skipped,
}
