using System.Text;

namespace PolicySync.EndToEnd.Tests.Operations;

/// <summary>Fields of a protobuf message, read without its schema: number and value. Enough for what tests look at.</summary>
internal static class Protobuf
{
    public static IEnumerable<(int Number, ReadOnlyMemory<byte> Value)> Fields(ReadOnlyMemory<byte> message)
    {
        for (var at = 0; at < message.Length;)
        {
            var key = Varint(message.Span, ref at);
            var length = (key & 7) switch
            {
                0 => LengthOfVarint(message.Span, at),
                1 => 8,
                2 => (int)Varint(message.Span, ref at),
                5 => 4,
                var other => throw new InvalidDataException($"wire type {other}"),
            };
            yield return ((int)(key >> 3), message.Slice(at, length));
            at += length;
        }
    }

    public static IEnumerable<ReadOnlyMemory<byte>> All(ReadOnlyMemory<byte> message, int number) =>
        Fields(message).Where(field => field.Number == number).Select(field => field.Value);

    public static string Hex(ReadOnlyMemory<byte> message, int number) => Convert.ToHexStringLower(All(message, number).FirstOrDefault().Span);

    public static string Text(ReadOnlyMemory<byte> message, int number) => Encoding.UTF8.GetString(All(message, number).FirstOrDefault().Span);

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private static int LengthOfVarint(ReadOnlySpan<byte> bytes, int at)
    {
        var end = at;
        _ = Varint(bytes, ref end);
        return end - at;
    }
}
