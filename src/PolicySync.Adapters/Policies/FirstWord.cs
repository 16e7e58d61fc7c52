namespace PolicySync.Adapters.Policies;

/// <summary>Forwards another stream and records whether it contained anything but white space so far.</summary>
internal sealed class FirstWord(Stream inner) : ReadOnlyStream
{
    /// <summary>Whether only white space was read.</summary>
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
