using System.Buffers.Text;
using System.Globalization;
using System.Text;
using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Permissions;

/// <summary>
/// Pages of principals. Their order is random (reference §1.2) but holds through one walk: the token carries
/// the draw, and the place as (rank, id), so that it survives grants that come and go between two pages.
/// </summary>
internal readonly record struct AssignmentPage(IReadOnlyList<long> Principals, string? Next)
{
    /// <summary>Permissions take an absent max_results, 0, or at least this many (reference §0.7).</summary>
    private const int SmallestMaxResults = 150;

    public static AssignmentPage Take(Call call, IEnumerable<long> principals, string sizeParameter)
    {
        var settings = call.Workspace.Settings;
        var token = Token.Read(call.Query("page_token"));
        var size = call.Integer(sizeParameter) switch
        {
            < 0 or (> 0 and < SmallestMaxResults) => throw Errors.InvalidParameter(
                $"{sizeParameter} must be 0 or at least {SmallestMaxResults}"),
            null when token is null && !settings.AlwaysPage => int.MaxValue,
            null or 0 => settings.PermissionsPageSize,
            { } wanted => Math.Min(wanted, settings.PermissionsPageSize),
        };
        var position = token ?? new Token(EmptyServed: false, call.Workspace.NextRandom(), Rank: uint.MinValue, Id: long.MinValue);
        if (settings.EmptyPages && !position.EmptyServed && size != int.MaxValue)
        {
            return new AssignmentPage([], (position with { EmptyServed = true }).ToString());
        }

        var ahead = principals
            .Select(id => (Rank: Rank(id, position.Draw), Id: id))
            .Where(entry => entry.CompareTo((position.Rank, position.Id)) > 0)
            .Order()
            .ToList();
        if (ahead.Count <= size)
        {
            return new AssignmentPage([.. ahead.Select(entry => entry.Id)], Next: null);
        }

        var last = ahead[size - 1];
        var next = new Token(EmptyServed: false, position.Draw, last.Rank, last.Id);
        return new AssignmentPage([.. ahead.Take(size).Select(entry => entry.Id)], next.ToString());
    }

    /// <summary>A hash of both, so that each draw gives another order.</summary>
    private static uint Rank(long id, int draw)
    {
        var mixed = ((ulong)id * 0x9E3779B97F4A7C15UL) ^ ((ulong)draw * 0xC2B2AE3D27D4EB4FUL);
        mixed ^= mixed >> 29;
        mixed *= 0xBF58476D1CE4E5B9UL;
        return (uint)(mixed >> 32);
    }

    private sealed record Token(bool EmptyServed, int Draw, uint Rank, long Id)
    {
        public static Token? Read(string? text)
        {
            if (string.IsNullOrEmpty(text))
            {
                return null;
            }

            try
            {
                var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(' ');
                return new Token(
                    parts[0] == "e",
                    int.Parse(parts[1], CultureInfo.InvariantCulture),
                    uint.Parse(parts[2], CultureInfo.InvariantCulture),
                    long.Parse(parts[3], CultureInfo.InvariantCulture));
            }
            catch (Exception e) when (e is FormatException or OverflowException or IndexOutOfRangeException)
            {
                throw Errors.InvalidParameter("Invalid page token.");
            }
        }

        public override string ToString() => Base64Url.EncodeToString(
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{(EmptyServed ? "e" : "i")} {Draw} {Rank} {Id}")));
    }
}
