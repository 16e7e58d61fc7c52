using System.Globalization;
using PolicySync.Core;
using PolicySync.Host.Api.Problems;

namespace PolicySync.Host.Api;

/// <summary>
/// Reads the query parameters of an address and collects their faults. A parameter that the address does not have is a fault: a filter
/// that is not recognised would list everything. A parameter without a value counts as absent.
/// </summary>
internal sealed class QueryReader
{
    private readonly IQueryCollection _query;
    private readonly List<Fault> _faults;

    /// <summary>Starts reading.</summary>
    /// <param name="query">The query.</param>
    /// <param name="names">The parameters that the address has.</param>
    public QueryReader(IQueryCollection query, params IReadOnlyList<string> names) => (_query, _faults) = (query, [.. Unknown(query, names)]);

    /// <summary>What is wrong, all of it.</summary>
    public IReadOnlyList<Fault> Faults => _faults;

    /// <summary>A text; null when absent.</summary>
    public string? Text(string name) => _query[name] switch
    {
        [] or [null or ""] => null,
        [var value] => value,
        _ => Refuse<string>(name, "must appear only once"),
    };

    /// <summary>One of the names of <typeparamref name="T"/>; null when absent.</summary>
    public T? Named<T>(string name)
        where T : struct, Enum => Text(name) is not { } text ? null
            : WireNames.TryParse<T>(text, out var known) ? known
            : Refuse<T?>(name, $"must be one of {string.Join(", ", WireNames.All<T>())}");

    /// <summary>True or false; null when absent.</summary>
    public bool? Flag(string name) => Text(name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => Refuse<bool?>(name, "must be `true` or `false`"),
    };

    /// <summary>A time with its offset from UTC; null when absent.</summary>
    public DateTimeOffset? Time(string name) => Text(name) is not { } text ? null : TryTime(text, out var time) ? time : Refuse<DateTimeOffset?>(name, TimeForm);

    /// <summary>The form of times, for faults.</summary>
    public const string TimeForm = "must be a time in ISO 8601 with its offset, for example `2026-11-23T09:30:00Z`";

    /// <summary>Reads a time with its offset from UTC.</summary>
    public static bool TryTime(string text, out DateTimeOffset time)
    {
        time = default;
        return text.Contains('T', StringComparison.Ordinal) && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal))
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out time);
    }

    /// <summary>A value that <paramref name="read"/> recognises; null when absent.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="read">Returns null for a text that is not a value.</param>
    /// <param name="form">The form, for the fault: what the value must be.</param>
    public T? Of<T>(string name, Func<string, T?> read, string form)
        where T : class => Text(name) is not { } text ? null : read(text) ?? Refuse<T>(name, form);

    private T? Refuse<T>(string name, string detail)
    {
        _faults.Add(new Fault(detail, Parameter: name));
        return default;
    }

    private static IEnumerable<Fault> Unknown(IQueryCollection query, IReadOnlyList<string> known)
    {
        foreach (var name in query.Keys.Where(name => !known.Contains(name, StringComparer.Ordinal)).Take(FaultList.Max))
        {
            yield return new Fault(
                NearMiss.Of(name, known) is { } meant ? $"is not a parameter of this address; send `{meant}`"
                : known.Count == 0 ? "is not a parameter of this address, which has none"
                : $"is not a parameter of this address; it has {string.Join(", ", known)}",
                Parameter: name);
        }
    }
}
