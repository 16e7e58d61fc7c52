using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Faults;

/// <summary>What the rules decided for one request.</summary>
internal readonly record struct FaultOutcome(FaultMode? Mode, FaultDefinition? Error, long ReadLagMs, string? RuleIds)
{
    public static FaultOutcome None => default;

    public bool Skips => Mode is FaultMode.Error or FaultMode.Reset;

    public bool Resets => Mode is FaultMode.Reset or FaultMode.ApplyThenReset;

    public FaultOutcome Add(FaultRule rule)
    {
        var definition = rule.Definition;
        return new FaultOutcome(
            definition.EffectiveMode ?? (definition.RateLimit is not null ? FaultMode.Error : null),
            definition,
            Math.Max(ReadLagMs, definition.ReadLagMs),
            RuleIds is null ? rule.Id : $"{RuleIds},{rule.Id}");
    }

    /// <summary>The error to answer; status, code and message default to each other's customary partners (reference §4.2).</summary>
    public Reply WriteError(long call)
    {
        var definition = Error!;
        var status = definition.Status ?? (definition.RateLimit is not null ? 429 : 500);
        var retryAfter = definition.RetryAfter?.ToString();
        if (definition.Body is { } body)
        {
            return Reply.Text(status, body, definition.ContentType).WithRetryAfter(retryAfter);
        }

        var (code, message) = Customary(status);
        return Reply.Error(status, definition.ErrorCode ?? code, definition.Message ?? message, call, retryAfter);
    }

    private static (string Code, string Message) Customary(int status) => status switch
    {
        400 => ("INVALID_PARAMETER_VALUE", "The request is not valid."),
        401 => ("UNAUTHENTICATED", "Invalid access token."),
        403 => ("PERMISSION_DENIED", "User does not have permission."),
        404 => ("RESOURCE_DOES_NOT_EXIST", "The resource does not exist."),
        409 => ("RESOURCE_CONFLICT", "The request conflicts with another one."),
        429 => ("REQUEST_LIMIT_EXCEEDED", "RPC token bucket limit has been exceeded."),
        501 => ("NOT_IMPLEMENTED", "Not implemented."),
        503 => ("TEMPORARILY_UNAVAILABLE", "The service is temporarily unavailable."),
        504 => ("DEADLINE_EXCEEDED", "The deadline was exceeded."),
        _ => ("INTERNAL_ERROR", "An internal error occurred."),
    };
}
