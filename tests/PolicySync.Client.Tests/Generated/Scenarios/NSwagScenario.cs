using Generated;

/// <summary>The scenario, by the client that NSwag makes. Compiled by a test.</summary>
public static class Program
{
    public static async Task<string> RunAsync(Uri url, string token)
    {
        using var http = new HttpClient { BaseAddress = url };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        var api = new PolicySyncApi(http) { BaseUrl = url.ToString() };
        var report = new List<string>();

        var request = new TaskRequest
        {
            Type = "RESOURCE_SYNC",
            CreateTime = "1700000000000",
            RequestInfo = new() { Resources = [Table("customers"), Table("orders")] },
        };
        var key = Guid.NewGuid().ToString();
        TaskAccepted first = await api.CreateTaskAsync(request, key);
        TaskAccepted again = await api.CreateTaskAsync(request, key, "wait=30");
        report.Add($"submitted and repeated: {(first.TaskId == again.TaskId ? "one task" : "two tasks")}");

        SyncTask task = await api.GetTaskAsync(first.TaskId, "wait=30");
        report.Add($"ended: {task.Status}");
        report.Add($"progress: {task.Progress.Done} done, {task.Progress.Failed} failed");

        var resources = new List<TaskResource>();
        string? page = null;
        do
        {
            var answer = await api.ListTaskResourcesAsync(first.TaskId, status: ResourceStatus.SUCCESS, pageSize: 1, pageToken: page);
            resources.AddRange(answer.Resources);
            page = answer.NextPageToken;
        }
        while (page is not null);
        report.Add($"resources: {string.Join(", ", resources.Select(resource => $"{resource.Type} {resource.FullName} {resource.Status}").Order())}");

        var tasks = await api.ListTasksAsync(status: SyncTaskStatus.SUCCESS, pageSize: 100);
        report.Add($"listed: {(tasks.Tasks.Any(item => item.TaskId == first.TaskId) ? "yes" : "no")}");
        report.Add($"event: {task.Event?.CreateTime}");

        try
        {
            await api.GetTaskAsync("1");
        }
        catch (ApiException<Problem> e)
        {
            report.Add($"unknown task: {e.StatusCode} {e.Result.Code}");
        }

        try
        {
            await api.CreateTaskAsync(new TaskRequest { Type = "RESOURCE_SYNC", RequestInfo = new() });
        }
        catch (ApiException<Problem> e)
        {
            report.Add($"faults: {string.Join(", ", e.Result.Errors!.Select(fault => fault.Pointer))}");
        }

        var events = new List<string>();
        using (FileResponse stream = await api.StreamTaskAsync(first.TaskId))
        using (var lines = new StreamReader(stream.Stream))
        {
            while (await lines.ReadLineAsync() is { } line)
            {
                events.Add(line);
            }
        }

        var results = events.Count(line => line == "event: result");
        report.Add($"streamed: {results} results, ended {(events.Last(line => line.StartsWith("data:")).Contains("\"SUCCESS\"") ? "SUCCESS" : "otherwise")}");

        var found = await api.ListTasksAsync(securable: "table main.sales.customers");
        report.Add($"found by securable: {(found.Tasks.Any(item => item.TaskId == first.TaskId) ? "yes" : "no")}");

        TaskAccepted failed = await api.CreateTaskAsync(Sync(Table("returns")), prefer: "wait=30");
        report.Add($"failed: {failed.Status} {failed.Failures?.Single().Code}");
        TaskAccepted retried = await api.RetryTaskAsync(failed.TaskId, Guid.NewGuid().ToString(), "wait=30");
        var retriedBy = (await api.GetTaskAsync(failed.TaskId)).RetriedBy;
        report.Add($"retried: {retried.Status}, {(retried.RetryOf == failed.TaskId && retriedBy == retried.TaskId ? "linked both ways" : "not linked")}");

        try
        {
            await api.RetryTaskAsync(first.TaskId);
        }
        catch (ApiException<Problem> e)
        {
            report.Add($"nothing to retry: {e.StatusCode} {e.Result.Code}");
        }

        report.Add($"cancelled after the end: {(await api.CancelTaskAsync(first.TaskId)).Status}");
        TaskAccepted endless = await api.CreateTaskAsync(Sync(Table("shipments")));
        SyncTask cancelled = await api.CancelTaskAsync(endless.TaskId, "wait=30");
        report.Add($"cancelled: {cancelled.Status} {cancelled.Outcome}");
        return string.Join('\n', report);
    }

    private static TaskRequest Sync(params TaskRequestResource[] resources) => new() { Type = "RESOURCE_SYNC", RequestInfo = new() { Resources = resources } };

    private static TaskRequestResource Table(string name) => new()
    {
        Type = "table",
        Values = new Dictionary<string, string> { ["catalog"] = "main", ["schema"] = "sales", ["table"] = name },
    };
}
