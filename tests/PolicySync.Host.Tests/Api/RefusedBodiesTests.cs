using System.Net;
using System.Text;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

public sealed class RefusedBodiesTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [MemberData(nameof(BadBodies.Text), MemberType = typeof(BadBodies))]
    public async Task A_bad_body_is_400_and_every_fault_has_its_pointer(string name, string body, string[] pointers)
    {
        Assert.NotEmpty(name);

        using var answer = await _host.Client.PostAsync(BadBodies.Filled(body));

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(pointers, problem.Pointers());
        Assert.All(problem.GetProperty("errors").EnumerateArray(), fault => Assert.NotEmpty(fault.GetProperty("detail").GetString()!));
        Assert.Equal(0, _host.Store.Accepted);
    }

    [Theory]
    [MemberData(nameof(BadBodies.Bytes), MemberType = typeof(BadBodies))]
    public async Task Bad_bytes_are_400(string name, byte[] body, string pointer)
    {
        Assert.NotEmpty(name);

        using var answer = await _host.Client.PostAsync(body);

        Assert.Equal([pointer], (await answer.ProblemAsync(HttpStatusCode.BadRequest)).Pointers());
    }

    [Fact]
    public async Task A_thousand_faults_are_listed_and_no_more()
    {
        var names = string.Join(',', Enumerable.Range(0, 5_000).Select(i => $"\"v{i}\":{i}"));

        using var answer = await _host.Client.PostAsync(
            $$$"""{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"table","values":{ {{{names}}} }}]}}""");

        Assert.Equal(1_000, (await answer.ProblemAsync(HttpStatusCode.BadRequest)).Pointers().Count());
    }

    [Fact]
    public async Task A_long_name_does_not_blow_up_the_answer()
    {
        var name = new string('n', 500_000);

        using var answer = await _host.Client.PostAsync($$$"""{"{{{name}}}":{"a":1,"a":1}}""");

        Assert.True((await answer.Content.ReadAsByteArrayAsync()).Length < 2_000);
        await answer.ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=iso-8859-1")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/problem+json")]
    [InlineData("application/*")]
    [InlineData("*/*")]
    [InlineData("json")]
    [InlineData(";;;")]
    [InlineData("")]
    public async Task What_is_not_JSON_by_its_media_type_is_415(string type)
    {
        using var answer = await _host.Client.PostAsync(Encoding.UTF8.GetBytes(Send.Table), type);

        await answer.ProblemAsync(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task A_compressed_body_is_415()
    {
        using var content = new StringContent(Send.Table, Encoding.UTF8, "application/json");
        content.Headers.ContentEncoding.Add("gzip");

        using var answer = await _host.Client.PostAsync(Send.Task, content);

        await answer.ProblemAsync(HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json; charset=\"UTF-8\"")]
    [InlineData("Application/JSON")]
    [InlineData("application/json; profile=x")]
    public async Task Every_spelling_of_JSON_in_UTF_8_is_accepted(string type)
    {
        using var answer = await _host.Client.PostAsync(Encoding.UTF8.GetBytes(Send.Table), type);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    [Fact]
    public async Task A_body_of_one_mebibyte_is_read_and_one_byte_more_is_413()
    {
        var fits = Encoding.UTF8.GetBytes(Send.Table.PadRight(1 << 20));

        using var read = await _host.Client.PostAsync(fits);
        using var refused = await _host.Client.PostAsync([.. fits, (byte)' ']);

        Assert.Equal(HttpStatusCode.Accepted, read.StatusCode);
        await refused.ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_large_body_without_a_length_is_413_too()
    {
        using var content = new StreamContent(new Unsized(3 << 20));
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");

        using var answer = await _host.Client.PostAsync(Send.Task, content);

        await answer.ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_byte_order_mark_is_tolerated()
    {
        using var answer = await _host.Client.PostAsync([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Send.Table)]);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    /// <summary>Spaces, of which nobody knows the number beforehand.</summary>
    private sealed class Unsized(int length) : Stream
    {
        private int _left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = Math.Min(count, _left);
            Array.Fill(buffer, (byte)' ', offset, read);
            _left -= read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
