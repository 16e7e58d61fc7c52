using System.Globalization;
using PolicySync.Core;
using PolicySync.Host.Api.Problems;

namespace PolicySync.Host.Api;

/// <summary>
/// The query parameters of a list. A page size of 0 means <see cref="DefaultPageSize"/>, and one over <see cref="MaxPageSize"/>
/// means that one (AIP-158). A parameter that is not known is a fault: a filter that is not recognised would list everything.
/// </summary>
internal sealed record PageQuery<TStatus>(TStatus? Status, int PageSize, string? PageToken)
    where TStatus : struct, Enum
{
    public const int DefaultPageSize = 100;
    public const int MaxPageSize = 1_000;

    private static readonly string[] Names = ["status", "pageSize", "pageToken"];

    public static (PageQuery<TStatus> Query, IReadOnlyList<Fault> Faults) Read(IQueryCollection query)
    {
        var faults = QueryNames.Unknown(query, Names).ToList();
        TStatus? status = null;
        if (One("status") is { } statusText)
        {
            status = WireNames.TryParse<TStatus>(statusText, out var known) ? known : Refuse<TStatus>("status",
                $"must be one of {string.Join(", ", WireNames.All<TStatus>())}");
        }

        var pageSize = DefaultPageSize;
        if (One("pageSize") is { } sizeText)
        {
            pageSize = sizeText.All(char.IsAsciiDigit)
                ? SizeOf(sizeText)
                : Refuse<int>("pageSize", $"must be a whole number, 0 for {DefaultPageSize}, at most {MaxPageSize}");
        }

        return (new PageQuery<TStatus>(status, pageSize, One("pageToken")), faults);

        static int SizeOf(string digits) =>
            !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size > MaxPageSize ? MaxPageSize
            : size == 0 ? DefaultPageSize
            : size;

        // A parameter without a value counts as absent.
        string? One(string name) => query[name] switch
        {
            [] or [null or ""] => null,
            [var value] => value,
            _ => Refuse<string>(name, "must appear only once"),
        };

        T? Refuse<T>(string name, string detail)
        {
            faults.Add(new Fault(detail, Parameter: name));
            return default;
        }
    }
}
