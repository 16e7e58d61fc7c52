using System.Buffers.Text;
using System.Text;

namespace UnityCatalog.Emulator.Http;

/// <summary>A page of items and the token of the next; absent at the end.</summary>
internal readonly record struct Page<T>(IReadOnlyList<T>? Items, string? Next);

/// <summary>Paging of listings (reference §0.7, §1.1).</summary>
internal static class Paging
{
    private const char AfterEmpty = 'e';
    private const char AfterItems = 'i';

    /// <summary>
    /// Takes one page. A page is cut before hidden items are left out, so pages may be short or empty and
    /// still have a successor, as on the real service.
    /// </summary>
    /// <param name="call">Gives max_results and page_token.</param>
    /// <param name="after">Items in the order of their keys, after a key or from the start.</param>
    /// <param name="key">The key of an item.</param>
    /// <param name="show">The item as shown; null hides it.</param>
    /// <param name="unpaged">Page size when max_results is absent.</param>
    public static Page<TShown> List<TItem, TShown>(
        Call call, Func<string?, IEnumerable<TItem>> after, Func<TItem, string> key, Func<TItem, TShown?> show, int unpaged = int.MaxValue)
        where TShown : class
    {
        var settings = call.Workspace.Settings;
        var size = Size(call.Integer("max_results"), settings.ListPageSize, settings.AlwaysPage, unpaged, call.Query("page_token"));
        var (emptyServed, position) = ReadToken(call.Query("page_token"));
        if (settings.EmptyPages && !emptyServed && size < unpaged)
        {
            return new Page<TShown>(null, WriteToken(AfterEmpty, position));
        }

        var shown = new List<TShown>();
        var taken = 0;
        string? last = null;
        foreach (var item in after(position))
        {
            if (taken == size)
            {
                return new Page<TShown>(NullIfEmpty(shown), WriteToken(AfterItems, last));
            }

            taken++;
            last = key(item);
            if (show(item) is { } view)
            {
                shown.Add(view);
            }
        }

        return new Page<TShown>(NullIfEmpty(shown), Next: null);
    }

    private static int Size(int? maxResults, int server, bool always, int unpaged, string? token) => maxResults switch
    {
        < 0 => throw Errors.InvalidParameter("max_results must not be negative"),
        null when !always && string.IsNullOrEmpty(token) => unpaged,
        null or 0 => server,
        { } wanted => Math.Min(wanted, server),
    };

    private static List<T>? NullIfEmpty<T>(List<T> items) => items.Count == 0 ? null : items;

    private static string WriteToken(char state, string? position) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{state}{position}"));

    private static (bool EmptyServed, string? Position) ReadToken(string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return (false, null);
        }

        try
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
            if (text.Length > 0 && text[0] is AfterEmpty or AfterItems)
            {
                return (text[0] == AfterEmpty, text.Length == 1 ? null : text[1..]);
            }
        }
        catch (FormatException)
        {
            // Falls through to the refusal: a token that we did not write.
        }

        throw Errors.InvalidParameter("Invalid page token.");
    }
}
