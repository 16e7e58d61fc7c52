using System.Globalization;

namespace PolicySync.AzureTables.Tables;

/// <summary>Texts that may stand as keys.</summary>
internal static class TableKey
{
    /// <summary>Keys of this many characters or more are refused, as the official providers do.</summary>
    public const int TooLong = 1024;

    /// <summary>
    /// Replaces the four characters that keys may not hold. Different texts may become one key, so names are encoded
    /// before they become grain keys.
    /// </summary>
    /// <exception cref="ArgumentException">The key is too long.</exception>
    public static string Sanitise(string key) => key.Length >= TooLong
        ? throw new ArgumentException($"key has {key.Length} characters, {TooLong - 1} are allowed: `{key[..64]}…`", nameof(key))
        : key.Replace('/', '_').Replace('\\', '_').Replace('#', '_').Replace('?', '_');

    /// <summary>19 digits, so that order as text is order as number.</summary>
    public static string Number(long value) => value.ToString("D19", CultureInfo.InvariantCulture);

    /// <summary>19 digits that sort the other way round: the greatest number first.</summary>
    public static string NewestFirst(long value) => Number(long.MaxValue - value);
}
