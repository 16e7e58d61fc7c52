namespace PolicySync.Adapters.Policies;

/// <summary>Passes another stream on, and knows whether anything but white space was in it so far.</summary>
internal sealed class FirstWord(Stream inner) : Stream
{
    /// <summary>Whether nothing but white space came.</summary>
    public bool IsBlank { get; private set; } = true;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        for (var i = 0; IsBlank && i < read; i++)
        {
            IsBlank = char.IsWhiteSpace((char)buffer[i]);
        }

        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
