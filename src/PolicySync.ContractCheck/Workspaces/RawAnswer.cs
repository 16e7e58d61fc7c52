using System.Text.Json.Nodes;
using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.Core.Errors;

namespace PolicySync.ContractCheck.Workspaces;

/// <summary>An answer as it came.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The JSON object; null when there was none.</param>
/// <param name="Error">The refusal as the service's own client reads it; null for a success.</param>
/// <param name="RetryAfter">The header's text; null without one.</param>
internal sealed record RawAnswer(int Status, JsonObject? Body, WorkspaceError? Error, string? RetryAfter)
{
    public bool IsSuccess => Error is null;

    /// <summary>The server's word for what is wrong; empty when it gave none.</summary>
    public string Code => Error?.Code ?? "";

    /// <summary>What the service's client makes of a refusal.</summary>
    public ErrorMeaning? Meaning => Error is null ? null : ErrorTable.MeaningOf(Error);

    /// <summary>Status and code, for example <c>404 TABLE_DOES_NOT_EXIST</c>.</summary>
    public string Short => $"{Status} {Code}".TrimEnd();

    /// <summary>Status, word and text.</summary>
    public string Long => IsSuccess ? Short : $"{Short}: {Error!.Message}";

    /// <summary>Whether the refusal says nothing about what was asked: no right, no token, too many calls, a broken server.</summary>
    public bool IsBesideTheQuestion =>
        Meaning is { Code: SyncErrorCode.PermissionDenied or SyncErrorCode.CredentialsRefused or SyncErrorCode.Throttled or SyncErrorCode.Unavailable };

    /// <summary>This answer, unless it is beside the question.</summary>
    /// <exception cref="NotAskedException">It is.</exception>
    public RawAnswer ToThePoint(string what) => IsBesideTheQuestion ? throw new NotAskedException($"{what}: {Long}") : this;

    /// <summary>This answer, which must be a success for the probe to continue.</summary>
    /// <exception cref="NotAskedException">It is no success.</exception>
    public RawAnswer Required(string what) => IsSuccess ? this : throw new NotAskedException($"{what}: {Long}");

    public string? Text(string name) => Body?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public string? Scalar(string name) => Body?[name] is JsonValue value ? value.ToString() : null;

    public IEnumerable<JsonObject> Items(string name) => (Body?[name] as JsonArray)?.OfType<JsonObject>() ?? [];
}
