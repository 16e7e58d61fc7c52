using System.Globalization;
using System.Text;
using PolicySync.Host.Telemetry;

namespace PolicySync.Host.Tests.Operations;

/// <summary>Lines of the log reach the stream whole, in order, and all of them.</summary>
public sealed class LogLinesTests
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(30);

    [Fact]
    public void Lines_of_several_threads_are_whole_and_in_the_order_of_their_thread()
    {
        const int threads = 4;
        const int each = 2_000;
        using var stream = new MemoryStream();
        using (var lines = new LogLines(stream))
        {
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
            {
                for (var n = 0; n < each; n++)
                {
                    lines.Add(string.Create(CultureInfo.InvariantCulture, $"{thread} {n} 売上 {new string('x', 1 + (n % 1_500))}\n"));
                }
            });
        }

        var written = Encoding.UTF8.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToList();
        Assert.Equal(threads * each, written.Count);
        Assert.All(written, words => Assert.Equal((4, "売上", 1 + (Number(words[1]) % 1_500)), (words.Length, words[2], words[3].Length)));
        Assert.All(written.GroupBy(words => words[0]), lines => Assert.Equal(Enumerable.Range(0, each), lines.Select(words => Number(words[1]))));
    }

    [Fact]
    public async Task A_line_is_written_without_another_one_after_it()
    {
        using var stream = new GatedStream();
        using var lines = new LogLines(stream);
        stream.Open();

        lines.Add("alone\n");

        Assert.Equal("alone\n", await stream.FirstWriteAsync().WaitAsync(Enough));
    }

    [Fact]
    public async Task Callers_wait_for_a_stream_that_takes_nothing_and_no_line_is_lost()
    {
        using var stream = new GatedStream();
        using var lines = new LogLines(stream);
        var line = new string('x', (64 * 1024) - 1) + "\n";
        const int fits = LogLines.MaxPending / (64 * 1024);
        const int count = 4 * fits;
        var added = 0;

        var adding = Task.Run(() =>
        {
            for (; added < count; Interlocked.Increment(ref added))
            {
                lines.Add(line);
            }
        });
        await Wait.ForAsync(() => Task.FromResult(Volatile.Read(ref added)), now => now > fits, Enough, now => $"{now} lines");

        Assert.NotSame(adding, await Task.WhenAny(adding, Task.Delay(TimeSpan.FromMilliseconds(200))));
        Assert.InRange(Volatile.Read(ref added), fits, (2 * fits) + 2); // a part is taken by the writer, and as much waits
        stream.Open();
        await adding.WaitAsync(Enough);
        lines.Dispose();
        Assert.Equal((long)count * line.Length, stream.Written);
    }

    [Fact]
    public void A_stream_that_was_closed_ends_nothing()
    {
        var lines = new LogLines(new BrokenStream());

        lines.Add("not read\n");

        lines.Dispose();
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private sealed class GatedStream : MemoryStream
    {
        private readonly ManualResetEventSlim _open = new();
        private readonly TaskCompletionSource<string> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _written;

        public long Written => Interlocked.Read(ref _written);

        public void Open() => _open.Set();

        public Task<string> FirstWriteAsync() => _first.Task;

        public override void Write(byte[] buffer, int offset, int count)
        {
            _open.Wait();
            Interlocked.Add(ref _written, count);
            _first.TrySetResult(Encoding.UTF8.GetString(buffer, offset, count));
        }
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("closed");
    }
}
