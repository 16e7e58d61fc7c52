using System.Collections.Concurrent;
using System.Diagnostics;

namespace PolicySync.Testing;

/// <summary>A program that a test starts; it is stopped when the test ends.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = [];

    private ChildProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Of a process that has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>What it printed, both streams.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>Starts a .NET program that takes SIGINT as one in a terminal does.</summary>
    /// <remarks>A shell has its background jobs ignore SIGINT, and what they start inherits that.</remarks>
    public static ChildProcess StartDotnet(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        OperatingSystem.IsLinux()
            ? Start("env", ["--default-signal=INT", "dotnet", program, .. arguments], environment)
            : Start("dotnet", [program, .. arguments], environment);

    public static ChildProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new ChildProcess(Process.Start(start)!);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends a signal by its name: TERM, STOP, CONT.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits until it ended by itself.</summary>
    public async Task ExitAsync(TimeSpan limit)
    {
        using var enough = new CancellationTokenSource(limit);
        await _process.WaitForExitAsync(enough.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
        }
    }
}
