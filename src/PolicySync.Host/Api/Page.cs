using System.Globalization;
using PolicySync.Host.Api.Problems;

namespace PolicySync.Host.Api;

/// <summary>Which page of a list is asked for (AIP-158): a size of 0 means the default, and one over the maximum means the maximum.</summary>
internal sealed record Page(int Size, string? Token)
{
    public const int DefaultSize = 100;
    public const int MaxSize = 1_000;
    public const string SizeName = "pageSize";
    public const string TokenName = "pageToken";

    /// <summary>What is wrong with a token that another list issued.</summary>
    public static Fault WrongToken { get; } = new("was not issued for this list", Parameter: TokenName);

    public static Page Read(QueryReader query) => new(
        query.Of(SizeName, static text => text.All(char.IsAsciiDigit) ? new Number(SizeOf(text)) : null,
            $"must be a whole number, 0 for {DefaultSize}, at most {MaxSize}")?.Value ?? DefaultSize,
        query.Text(TokenName));

    private static int SizeOf(string digits) =>
        !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size > MaxSize ? MaxSize
        : size == 0 ? DefaultSize
        : size;

    private sealed record Number(int Value);
}
