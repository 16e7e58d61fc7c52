using Microsoft.AspNetCore.Http;
using PolicySync.Ui.Hosting;

namespace PolicySync.Ui.Http;

/// <summary>What every part of a page can ask for: who looks at it, the seal of its forms, the theme, the time.</summary>
public sealed class PageView
{
    /// <summary>Name of the query parameter that says what was just done.</summary>
    internal const string DoneName = "done";

    private readonly IPageHost _host;

    /// <summary>Reads the request. It sets a cookie, so it is created before the answer starts.</summary>
    public PageView(IHttpContextAccessor accessor, IPageHost host, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(accessor);
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(time);
        var http = accessor.HttpContext!;
        _host = host;
        Viewer = host.ViewerOf(http);
        Seal = host.SealOf(http);
        Theme = Themes.Of(http.Request);
        Path = http.Request.Path.ToUriComponent();
        Query = http.Request.Query;
        Now = time.GetUtcNow();
        Notice = Notices.Of(http.Request.Query[DoneName]);
    }

    /// <summary>Who looks at the page.</summary>
    public Viewer Viewer { get; }

    /// <summary>The seal of forms.</summary>
    public string Seal { get; }

    /// <summary>The chosen theme; null for that of the system.</summary>
    public string? Theme { get; }

    /// <summary>The path of the page, encoded.</summary>
    public string Path { get; }

    /// <summary>The query of the page.</summary>
    public IQueryCollection Query { get; }

    /// <summary>When the page is made.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>What was just done, for people; null for nothing.</summary>
    public string? Notice { get; }

    /// <summary>The version of the service.</summary>
    public string Version => _host.Version;

    /// <summary>The address of the dashboard with the metrics; null when none is set.</summary>
    public string? MetricsPage => _host.MetricsPage?.AbsoluteUri;

    /// <summary>What a code means and what to do; null for an unknown one.</summary>
    public CodeHelp? HelpOn(string? code) => code is null ? null : _host.HelpOn(code);

    /// <summary>The address of this page with one parameter of its query set, or removed when <paramref name="value"/> is null.</summary>
    public string With(string name, string? value)
    {
        var kept = Query.Where(pair => pair.Key != name && pair.Key != DoneName).SelectMany(pair => pair.Value.Select(one => (pair.Key, Value: one)));
        var all = value is null ? kept : kept.Append((Key: name, Value: value));
        var query = string.Join('&', all.Where(pair => !string.IsNullOrEmpty(pair.Value)).Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value!)}"));
        return query.Length == 0 ? Path : $"?{query}";
    }
}
