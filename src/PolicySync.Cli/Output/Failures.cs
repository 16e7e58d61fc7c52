using System.Globalization;
using System.Net;
using PolicySync.Client;

namespace PolicySync.Cli.Output;

/// <summary>Failures as people read them: what is wrong, then the remedy.</summary>
internal static class Failures
{
    public static void Write(TextWriter to, string message, string? remedy)
    {
        to.WriteLine($"error: {PlainText.Clean(message)}");
        if (remedy is not null)
        {
            to.WriteLine($"remedy: {PlainText.Clean(remedy)}");
        }
    }

    public static void Write(TextWriter to, PolicySyncException failure)
    {
        to.WriteLine($"error: {failure.Code}: {PlainText.Clean(failure.Detail ?? failure.Message)}");
        foreach (var fault in failure.Faults)
        {
            to.WriteLine($"  {PlainText.Clean($"{fault.Pointer ?? fault.Parameter ?? fault.Header}: {fault.Detail}")}");
        }

        if (RemedyOf(failure) is { } remedy)
        {
            to.WriteLine($"remedy: {remedy}");
        }

        if (failure.TraceId is { } trace)
        {
            to.WriteLine($"trace: {PlainText.Clean(trace)}");
        }
    }

    public static int ExitCodeOf(PolicySyncException failure) =>
        failure.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? ExitCode.NotAllowed : ExitCode.Error;

    /// <summary>What to do about a failure; null when nothing general can be said.</summary>
    public static string? RemedyOf(PolicySyncException failure) => failure.Code switch
    {
        "UNAUTHENTICATED" => "`policysync token inspect` says what may be wrong with the token; get a new one and run `policysync login`",
        "INSUFFICIENT_SCOPE" => "use a token with this scope; `policysync whoami` shows those of yours",
        "SECURABLE_NOT_ALLOWED" => "use a token whose securables cover these; `policysync whoami` shows those of yours",
        "NOT_FOUND" => "check the type, name, pattern or id; `policysync tasks list` shows the tasks that your token may read",
        "NOT_ADOPTABLE" => "verify the securable again, or repair or ignore the difference",
        "NOT_ANSWERED" => "mend what the message names, then ask again",
        "TASK_NOT_ENDED" => "wait for its end with `policysync tasks watch`, or cancel it with `policysync tasks cancel`",
        "PLAN_OUTDATED" => "make a new plan with `policysync plan`, read it, and apply that",
        "NOTHING_TO_RETRY" => "run `policysync sync` to do the whole again",
        "INVALID_REQUEST" or "TOO_LARGE" => "correct the arguments that are named above",
        "TOO_MANY_REQUESTS" or "TOO_MANY_STREAMS" or "UNAVAILABLE" or "REQUEST_TIMEOUT" => failure.RetryAfter is { } after
            ? string.Create(CultureInfo.InvariantCulture, $"run the command again in {Math.Ceiling(after.TotalSeconds):0} seconds")
            : "run the command again",
        "INTERNAL" => "give the trace to those who run the service; their log has the cause",
        PolicySyncException.NotFromService => "check the address: `policysync whoami` shows it",
        _ => null,
    };
}
