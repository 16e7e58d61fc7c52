using System.Diagnostics;

namespace PolicySync.Client.Tests.Support;

/// <summary>A folder in which programs of Node find the tools of <c>deploy/api-tools</c>.</summary>
internal sealed class ApiTools : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("policysync-api-");

    public ApiTools() => Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, "node_modules"), Modules);

    /// <summary>Where the tools are installed.</summary>
    public static string Modules { get; } = Path.Combine(Repository.Root, ".run", "api-tools", "node_modules");

    public void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder.FullName, name), text);

    /// <summary>Copies a file into the folder, under its own name.</summary>
    public void Bring(string file) => File.Copy(file, Path.Combine(_folder.FullName, Path.GetFileName(file)));

    /// <summary>Runs a program of Node that must end well; what it printed.</summary>
    public async Task<string> NodeAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("node", arguments)
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.FullName,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"node {arguments[0]} did not end in {Limit}: {await error}");
        }

        Assert.True(process.ExitCode == 0, $"node {arguments[0]} ended with {process.ExitCode}: {await output}{await error}");
        return await output;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
