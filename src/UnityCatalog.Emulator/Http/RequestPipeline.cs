using System.Globalization;
using System.Text;
using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Faults;
using UnityCatalog.Emulator.Recording;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Http;

/// <summary>Runs every call to the emulated service: record, faults, authentication, handler, answer.</summary>
internal sealed partial class RequestPipeline(
    WorkspaceHost host, FaultStore faults, CallLog log, IHostApplicationLifetime lifetime, ILogger<RequestPipeline> logger)
{
    private const int MaxRecordedBody = 64 * 1024;

    private static readonly string WorkspaceId = MetastoreRoutes.WorkspaceId.ToString(CultureInfo.InvariantCulture);

    public async Task RunAsync(HttpContext http, ApiRoute route, Handler handler, bool authenticate)
    {
        var request = http.Request;
        var target = ApiRoute.TargetOf(http);
        var path = request.Path.Value ?? "";
        var record = log.Begin(request.Method, path, request.QueryString.Value, route.Template, route.SecurableKey(target));
        using var gone = http.RequestAborted.Register(() => record.Aborted = true); // seen while it is held, too
        FaultOutcome outcome = default;
        Reply? reply = null;
        try
        {
            // Read before any hold: a held request must be whole when its sender dies.
            var body = await ReadBodyAsync(request);
            record.Body = authenticate ? RecordedBody(body) : null;
            outcome = await faults.MeetAsync(request.Method, path, body, lifetime.ApplicationStopping);
            record.Faults = outcome.RuleIds;
            if (!outcome.Skips)
            {
                var call = new Call(http, route, target, host.Current, body, record.Sequence) { ReadLag = outcome.ReadLagMs };
                reply = Handle(call, handler, authenticate, record, body);
            }

            if (outcome.Mode is not null)
            {
                reply = outcome.Resets ? null : outcome.WriteError(record.Sequence);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The sender went while sending, or we are stopping: the call is dropped.
        }

        // Ends before the answer leaves: a caller that acts on the answer must not seem to overlap its own call.
        record.Status = reply?.Status;
        record.BeginsFullRead = reply?.BeginsFullRead ?? false;
        record.EndsFullRead = reply?.EndsFullRead ?? false;
        record.Aborted |= reply is null || http.RequestAborted.IsCancellationRequested;
        log.End(record);
        if (reply is null)
        {
            http.Abort();
        }
        else if (!record.Aborted)
        {
            // SDKs take the id of the workspace from the answers to their calls.
            http.Response.Headers["X-Databricks-Org-Id"] = WorkspaceId;
            await reply.WriteAsync(http.Response);
        }
    }

    private Reply Handle(Call call, Handler handler, bool authenticate, CallRecord record, byte[] body)
    {
        try
        {
            lock (call.Workspace.Gate)
            {
                record.Principal = authenticate ? call.Caller.Principal.Name : null;
                var reply = handler(call);
                call.Workspace.Watches.Look(call.Workspace, record, body);
                return reply;
            }
        }
        catch (ApiException e)
        {
            return call.Refuse(e);
        }
        catch (Exception e)
        {
            LogBug(record.Method, record.Path, e);
            return Reply.Error(500, "INTERNAL_ERROR", $"The emulator failed: {e.Message}", record.Sequence);
        }
    }

    private static async ValueTask<byte[]> ReadBodyAsync(HttpRequest request)
    {
        if (request.ContentLength is null or 0 && request.Headers.TransferEncoding.Count == 0)
        {
            return [];
        }

        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer);
        return buffer.ToArray();
    }

    private static string? RecordedBody(byte[] body) =>
        body.Length == 0 ? null : Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, MaxRecordedBody));

    [LoggerMessage(2000, LogLevel.Error, "{Method} {Path} met a defect of the emulator")]
    private partial void LogBug(string method, string path, Exception exception);
}
