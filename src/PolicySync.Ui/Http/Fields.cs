using System.Globalization;
using Microsoft.AspNetCore.Http;
using PolicySync.Client;

namespace PolicySync.Ui.Http;

/// <summary>Reads the fields of a form and the parameters of an address. A field without a value counts as absent.</summary>
internal static class Fields
{
    /// <summary>Name of the parameter with the token of a page.</summary>
    public const string Page = "page";

    public static string? Text(this IQueryCollection query, string name) => Cleaned(query[name]);

    public static string? Text(this IFormCollection form, string name) => Cleaned(form[name]);

    /// <summary>A text that must be there.</summary>
    public static string Needed(this IFormCollection form, string name, string what) =>
        form.Text(name) ?? throw PageFault.Invalid($"{what} is missing.");

    /// <summary>One of the names of <typeparamref name="T"/>; null when absent.</summary>
    public static T? Choice<T>(this IQueryCollection query, string name)
        where T : struct, Enum => query.Text(name) switch
        {
            null => null,
            { } text when Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text[0]) => value,
            { } text => throw PageFault.Invalid($"`{text}` is not a value of the filter `{name}`."),
        };

    /// <summary>Yes or no; null when absent.</summary>
    public static bool? Flag(this IQueryCollection query, string name) => query.Text(name) switch
    {
        null => null,
        "yes" => true,
        "no" => false,
        { } text => throw PageFault.Invalid($"`{text}` is not a value of the filter `{name}`."),
    };

    /// <summary>A time in UTC as a browser sends it; null when absent.</summary>
    public static DateTimeOffset? Time(this IQueryCollection query, string name) => query.Text(name) is { } text ? ReadTime(text, $"the filter `{name}`") : null;

    /// <summary>A time in UTC that must be there.</summary>
    public static DateTimeOffset Time(this IFormCollection form, string name, string what) => ReadTime(form.Needed(name, what), what);

    /// <summary>A securable of a type and a name.</summary>
    public static Securable Securable(string type, string name) => SecurableNames.Parse(type, name)
        ?? throw PageFault.Invalid(SecurableNames.FormOf(type) is { } form ? $"`{name}` is not the name of a {type}: write {form}." : $"`{type}` is not a type.");

    /// <summary>The first page of a list, or the one of <paramref name="token"/>.</summary>
    public static async Task<Page<T>> ReadAsync<T>(this Pages<T> pages, string? token, CancellationToken cancellation)
    {
        await foreach (var page in pages.AsPages(token, cancellation))
        {
            return page;
        }

        return new Page<T>([], null);
    }

    private static DateTimeOffset ReadTime(string text, string what) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw PageFault.Invalid($"`{text}` is not a time for {what}: write for example 2026-11-30T09:30, in UTC.");

    private static string? Cleaned(Microsoft.Extensions.Primitives.StringValues values) =>
        values is [{ } text] && text.Trim() is { Length: > 0 } trimmed ? trimmed : null;
}
