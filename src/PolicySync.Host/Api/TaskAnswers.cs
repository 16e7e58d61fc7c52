using System.Globalization;
using PolicySync.Core.Tasks;

namespace PolicySync.Host.Api;

/// <summary>Answers that show one task, with the headers that say where it is and when to ask again.</summary>
internal sealed class TaskAnswers(TimeProvider time)
{
    /// <summary>Absolute, where <c>Location</c> is a path: some clients of long-running operations do not resolve paths (Azure REST guidelines).</summary>
    public const string OperationLocation = "Operation-Location";

    /// <summary>The answer to a request that made a task: 200 with the whole task where the caller waited and it has ended, otherwise 202.</summary>
    public IResult Created(SyncTask task, bool hasWaited, HttpContext http) =>
        hasWaited && task.Status.IsTerminal() ? Ended(task, http) : Accepted(task, http);

    private IResult Accepted(SyncTask task, HttpContext http)
    {
        Locate(task, http);
        SetRetryAfter(task, http);
        return Results.Json(TaskAccepted.Of(task), ApiJson.Default.TaskAccepted, statusCode: StatusCodes.Status202Accepted);
    }

    private IResult Ended(SyncTask task, HttpContext http)
    {
        Locate(task, http);
        return Results.Json(TaskDetail.Of(task, time.GetUtcNow()), ApiJson.Default.TaskDetail);
    }

    /// <summary>200 with the whole task when it has ended, 202 while it is finished.</summary>
    public IResult Cancelled(SyncTask task, HttpContext http)
    {
        if (task.Status.IsTerminal())
        {
            return Ended(task, http);
        }

        Locate(task, http);
        SetRetryAfter(task, http);
        return Results.Json(TaskDetail.Of(task, time.GetUtcNow()), ApiJson.Default.TaskDetail, statusCode: StatusCodes.Status202Accepted);
    }

    /// <summary>200 with the whole task.</summary>
    public IResult Detail(SyncTask task, HttpContext http)
    {
        if (!task.Status.IsTerminal())
        {
            SetRetryAfter(task, http);
        }

        return Results.Json(TaskDetail.Of(task, time.GetUtcNow()), ApiJson.Default.TaskDetail);
    }

    private static void Locate(SyncTask task, HttpContext http) => Locate($"{TaskEndpoints.Prefix}/tasks/{task.Id}", http);

    /// <summary>Says where what was made is.</summary>
    public static void Locate(string path, HttpContext http)
    {
        var request = http.Request;
        http.Response.Headers.Location = path;
        http.Response.Headers[OperationLocation] = $"{request.Scheme}://{request.Host.ToUriComponent()}{request.PathBase.ToUriComponent()}{path}";
    }

    private void SetRetryAfter(SyncTask task, HttpContext http) => http.Response.Headers.RetryAfter =
        PollInterval.SecondsFor(task, time.GetUtcNow()).ToString(CultureInfo.InvariantCulture);
}
