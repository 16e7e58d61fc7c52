using System.Diagnostics;

namespace PolicySync.Deploy.Tests.Support;

/// <summary>How a program ended.</summary>
internal sealed record Ended(int Code, string Output, string Error)
{
    public string All => Output + Error;
}

/// <summary>Runs a program to its end, with a bound.</summary>
internal static class Command
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static async Task<Ended> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end in {Limit}: {await output}{await error}", e);
        }

        return new Ended(process.ExitCode, await output, await error);
    }

    public static async Task<string> SucceedAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        var ended = await RunAsync(program, arguments, environment, folder);
        Assert.True(ended.Code == 0, $"{program} ended with {ended.Code}:\n{ended.All}");
        return ended.Output;
    }
}
