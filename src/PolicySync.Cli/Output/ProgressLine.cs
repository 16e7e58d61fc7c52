using System.Globalization;
using PolicySync.Client;

namespace PolicySync.Cli.Output;

/// <summary>
/// The progress of a task, or of other work: one line that is written again on a terminal, and elsewhere a line every ten seconds, so that a log shows that
/// something happens.
/// </summary>
internal sealed class ProgressLine(World world)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private long _last = world.Time.GetTimestamp();
    private bool _isOpen;

    public void Show(SyncTaskStatus status, TaskProgress progress) => Show(Text(status, progress));

    public void Show(string line)
    {
        if (world.IsLive)
        {
            world.Error.Write($"\r\e[2K{(line.Length < world.Width ? line : line[..(world.Width - 1)])}");
            world.Error.Flush();
            _isOpen = true;
        }
        else if (world.Time.GetElapsedTime(_last) >= Pause)
        {
            _last = world.Time.GetTimestamp();
            world.Error.WriteLine(line);
        }
    }

    /// <summary>Removes the line, before something else is written.</summary>
    public void Clear()
    {
        if (_isOpen)
        {
            world.Error.Write("\r\e[2K");
            world.Error.Flush();
            _isOpen = false;
        }
    }

    public static string Text(SyncTaskStatus status, TaskProgress progress)
    {
        var of = progress.Total is { } total
            ? string.Create(CultureInfo.InvariantCulture, $"{progress.Done} of {total}")
            : string.Create(CultureInfo.InvariantCulture, $"{progress.Done} of {progress.Discovered} found so far");
        var counts = new[] { (progress.Changed, "changed"), (progress.Failed, "failed"), (progress.Skipped, "skipped"), (progress.Gaps, "gaps"), (progress.Drifted, "drifted") }
            .Where(count => count.Item1 > 0).Select(count => $", {count.Item1} {count.Item2}");
        var rest = progress.EtaSeconds is { } eta ? $", about {Span(TimeSpan.FromSeconds(eta))} left" : "";
        return $"{Printer.Name(status)}: {of}{string.Concat(counts)}{rest}";
    }

    /// <summary>A span of time in its largest unit, for example <c>5m</c>.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } => $"{(int)span.TotalDays}d",
        { TotalHours: >= 2 } => $"{(int)span.TotalHours}h",
        { TotalMinutes: >= 2 } => $"{(int)span.TotalMinutes}m",
        _ => $"{Math.Max(0, (int)span.TotalSeconds)}s",
    };
}
