using System.Globalization;
using PolicySync.Core;

namespace PolicySync.Host.Api;

/// <summary>The query parameters of a list.</summary>
internal sealed record PageQuery<TStatus>(TStatus? Status, int PageSize, string? PageToken)
    where TStatus : struct, Enum
{
    public const int DefaultPageSize = 100;
    public const int MaxPageSize = 1_000;

    public static (PageQuery<TStatus> Query, IReadOnlyList<Fault> Faults) Read(IQueryCollection query)
    {
        var faults = new List<Fault>();
        TStatus? status = null;
        if (One("status") is { } statusText)
        {
            status = WireNames.TryParse<TStatus>(statusText, out var known) ? known : Refuse<TStatus>("status",
                $"must be one of {string.Join(", ", WireNames.All<TStatus>())}");
        }

        var pageSize = DefaultPageSize;
        if (One("pageSize") is { } sizeText)
        {
            pageSize = int.TryParse(sizeText, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is >= 1 and <= MaxPageSize
                ? size : Refuse<int>("pageSize", $"must be a whole number from 1 to {MaxPageSize}");
        }

        return (new PageQuery<TStatus>(status, pageSize, One("pageToken")), faults);

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
