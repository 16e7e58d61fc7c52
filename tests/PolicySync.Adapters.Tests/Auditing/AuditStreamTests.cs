using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PolicySync.Adapters.Auditing;
using PolicySync.Adapters.Tests.Support;
using PolicySync.Core.Auditing;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;

namespace PolicySync.Adapters.Tests.Auditing;

/// <summary>Events are durable once told, reach each sink in order, and survive restarts, kills and full disks.</summary>
public sealed class AuditStreamTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("audit-").FullName;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private string Spool => Path.Combine(_home, "spool");

    private string Log => Path.Combine(_home, "log", "audit.log");

    private string Segments => Path.Combine(Spool, "0");

    public void Dispose()
    {
        _services.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task Events_reach_the_file_in_order_and_only_the_service_may_read_it()
    {
        using var stream = Open(Options());
        stream.Tell(Events(1, 2));
        stream.Tell(Events(3, 1));

        await PumpAsync(stream, () => Lines(Log).Count == 3);

        Assert.Equal(["1", "2", "3"], Lines(Log));
        Assert.Equal("-rw-------", ModeOf(Log));
        Assert.All(Directory.EnumerateFiles(Segments, "*.spool"), file => Assert.Equal("-rw-------", ModeOf(file)));
    }

    [Fact]
    public void Without_a_sink_nothing_is_opened_or_written()
    {
        using var stream = Open(new AuditOptions { Spool = Spool });
        stream.RequireRoom();
        stream.Tell(Events(1, 1));

        Assert.False(stream.IsOn);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_home));
    }

    [Fact]
    public async Task What_a_stopped_process_did_not_send_the_next_one_sends_and_nothing_twice()
    {
        using (var first = Open(Options()))
        {
            first.Tell(Events(1, 2));
            await PumpAsync(first, () => Lines(Log).Count == 2);
            first.Tell(Events(3, 2)); // and it ends before it sends them
        }

        using var second = Open(Options());
        Assert.Equal(2, second.Readers[0].Waiting);
        second.Tell(Events(5, 1));
        await PumpAsync(second, () => Lines(Log).Count == 5);

        Assert.Equal(["1", "2", "3", "4", "5"], Lines(Log));
    }

    [Fact]
    public async Task Half_a_line_that_a_killed_process_left_is_cut_off_in_spool_and_file()
    {
        using (var first = Open(Options()))
        {
            first.Tell(Events(1, 2));
        }

        File.AppendAllText(Directory.EnumerateFiles(Segments, "*.spool").Single(), "{\"specversion\":\"1.0\",\"id\":\"hal");
        Directory.CreateDirectory(Path.GetDirectoryName(Log)!);
        File.WriteAllText(Log, Events(0, 1)[0].Json + "\n{\"specversi");
        using var second = Open(Options());
        second.Tell(Events(3, 1));
        await PumpAsync(second, () => Lines(Log).Count == 4);

        Assert.Equal(["0", "1", "2", "3"], Lines(Log));
    }

    [Fact]
    public async Task A_file_is_renamed_at_its_size_and_only_so_many_are_kept()
    {
        using var sink = new FileAuditSink("file-0", Log, mostBytes: 300, keep: 2);
        for (var n = 1; n <= 12; n++)
        {
            await sink.SendAsync([Encoding.UTF8.GetBytes(Events(n, 1)[0].Json)], CancellationToken.None);
        }

        var files = Directory.EnumerateFiles(Path.GetDirectoryName(Log)!).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(3, files.Count);
        Assert.Equal(Log, files[0]);
        Assert.All(files, file => Assert.InRange(new FileInfo(file).Length, 1, 300));
        var kept = files.Skip(1).Append(Log).SelectMany(Lines).Select(int.Parse).ToList();
        Assert.Equal(Enumerable.Range(13 - kept.Count, kept.Count), kept);
    }

    [Fact]
    public async Task A_sink_that_takes_nothing_gets_all_events_in_order_once_it_does()
    {
        Directory.CreateDirectory(Log); // so that the file cannot be opened
        using var stream = Open(Options());
        var pump = new AuditPump(stream, TimeProvider.System, NullLogger<AuditPump>.Instance);
        await pump.StartAsync(CancellationToken.None);
        stream.Tell(Events(1, 3));
        stream.RequireRoom();
        Assert.Equal(3, stream.Readers[0].Waiting);

        Directory.Delete(Log);
        await UntilAsync(() => Lines(Log).Count == 3);
        await pump.StopAsync(CancellationToken.None);

        Assert.Equal(["1", "2", "3"], Lines(Log));
    }

    [Fact]
    public async Task A_full_spool_drops_the_oldest_events_and_counts_them()
    {
        using var dropped = new Counter(_services, "policysync.audit.dropped");
        using var stream = Open(Options());
        const int Told = 300;
        for (var n = 1; n <= Told; n++)
        {
            stream.Tell(Events(n, 1, padding: 8_000)); // 2.4 MB into 1 MiB
        }

        Assert.InRange(SizeOfSpool(), 1, 1024 * 1024);
        var left = (int)stream.Readers[0].Waiting;
        Assert.Equal(Told, left + dropped.Sum);
        await PumpAsync(stream, () => Lines(Log).Count == left);
        Assert.Equal(Enumerable.Range(Told - left + 1, left).Select(n => $"{n}"), Lines(Log));
    }

    [Fact]
    public async Task A_full_spool_that_is_required_keeps_changes_back_until_the_sink_has_events()
    {
        using var stream = Open(Options(required: true));
        var n = 0;
        var refusal = Record.Exception(() =>
        {
            while (n < 1_000)
            {
                stream.RequireRoom();
                stream.Tell(Events(++n, 1, padding: 8_000));
            }
        });

        Assert.Equal(SyncErrorCode.Unavailable, Assert.IsType<SyncException>(refusal).Code);
        Assert.Contains("PolicySync:Audit:Required", refusal.Message, StringComparison.Ordinal);
        stream.Tell(Events(++n, 1)); // of a change that was under way: there is a reserve for it
        await PumpAsync(stream, () => Lines(Log).Count == n);
        stream.RequireRoom();
        Assert.Equal(Enumerable.Range(1, n).Select(one => $"{one}"), Lines(Log));
    }

    [Fact]
    public void Processes_that_share_a_spool_write_files_of_their_own()
    {
        using var first = Open(Options());
        using var second = Open(Options());
        second.Tell(Events(1, 1));

        Assert.Equal(1, second.Readers[0].Waiting);
        Assert.Equal(0, first.Readers[0].Waiting);
        Assert.True(Directory.Exists(Path.Combine(Spool, "1")));
    }

    [Fact]
    public async Task Each_sink_gets_all_events_whatever_another_takes()
    {
        var options = Options();
        options.Sinks.Add(new AuditSink { Kind = AuditSinkKind.File, Path = Path.Combine(_home, "second.log") });
        Directory.CreateDirectory(Path.Combine(_home, "second.log"));
        using var stream = Open(options);
        stream.Tell(Events(1, 3));

        await PumpAsync(stream, () => Lines(Log).Count == 3);

        Assert.Equal((0L, 3L), (stream.Readers[0].Waiting, stream.Readers[1].Waiting));
    }

    private AuditOptions Options(bool required = false)
    {
        var options = new AuditOptions { Spool = Spool, SpoolSize = 1, Required = required };
        options.Sinks.Add(new AuditSink { Kind = AuditSinkKind.File, Path = Log });
        return options;
    }

    private AuditStream Open(AuditOptions options) => new(
        Microsoft.Extensions.Options.Options.Create(options), _services.GetRequiredService<IMeterFactory>(), TimeProvider.System, NullLogger<AuditStream>.Instance);

    private static List<AuditEvent> Events(int first, int count, int padding = 0) =>
    [
        .. Enumerable.Range(first, count).Select(n => new AuditEvent(AuditEvents.GrantChanged, $"{n}",
            $$"""{"specversion":"1.0","id":"{{n}}","type":"policysync.grant.changed","time":"2026-03-01T12:00:00.000Z","data":"{{new string('x', padding)}}"}""")),
    ];

    private static async Task PumpAsync(AuditStream stream, Func<bool> until)
    {
        var pump = new AuditPump(stream, TimeProvider.System, NullLogger<AuditPump>.Instance);
        await pump.StartAsync(CancellationToken.None);
        await UntilAsync(until);
        await UntilAsync(() => stream.Readers[0].Waiting == 0);
        await pump.StopAsync(CancellationToken.None);
    }

    private static Task UntilAsync(Func<bool> holds) =>
        Wait.ForAsync(() => Task.FromResult(holds()), isHeld => isHeld, TimeSpan.FromSeconds(30), _ => "the condition does not hold");

    private static string ModeOf(string file) => OperatingSystem.IsWindows() ? "-rw-------"
        : File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite) ? "-rw-------" : $"{File.GetUnixFileMode(file)}";

    private long SizeOfSpool() => Directory.EnumerateFiles(Segments, "*.spool").Sum(file => new FileInfo(file).Length);

    private static List<string> Lines(string file)
    {
        if (!File.Exists(file))
        {
            return [];
        }

        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n')[..^1].Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()!)];
    }
}
