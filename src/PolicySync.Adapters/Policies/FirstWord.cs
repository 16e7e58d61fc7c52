namespace PolicySync.Adapters.Policies;

/// <summary>Passes another stream on, and knows whether anything but white space was in it so far.</summary>
internal sealed class FirstWord(Stream inner) : ReadOnlyStream
{
    /// <summary>Whether nothing but white space came.</summary>
    public bool IsBlank { get; private set; } = true;

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        for (var i = 0; IsBlank && i < read; i++)
        {
            IsBlank = char.IsWhiteSpace((char)buffer[i]);
        }

        return read;
    }
}
