using Microsoft.AspNetCore.Http.Features;

namespace UnityCatalog.Emulator.Http;

/// <summary>A route's template and the positions of its parameters in a path.</summary>
internal sealed class ApiRoute
{
    private readonly Dictionary<string, int> _positions = new(StringComparer.Ordinal);
    private readonly bool _takesRest;

    public ApiRoute(string template)
    {
        Template = template;
        var segments = template.Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i].StartsWith('{'))
            {
                _positions[segments[i].Trim('{', '}', '*')] = i;
                _takesRest |= segments[i].StartsWith("{**", StringComparison.Ordinal);
            }
        }
    }

    public string Template { get; }

    /// <summary>The path as received; re-encoded where the server normalised it before routing.</summary>
    public static string TargetOf(HttpContext http)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var end = target.IndexOf('?', StringComparison.Ordinal);
        var path = end < 0 ? target : target[..end];
        var straight = path.StartsWith('/') && !path.Contains("/.", StringComparison.Ordinal);
        return straight ? path : http.Request.Path.ToUriComponent();
    }

    /// <summary>
    /// The parameter, percent-decoded once from the target as it came: the server's own decoding leaves
    /// <c>%2F</c> alone, so that a second pass over its result would turn <c>%252F</c> into a slash. The last parameter of
    /// a template may be written <c>{**name}</c>: slashes as they are belong to it, too.
    /// </summary>
    public string Read(string name, string target)
    {
        var (position, segments) = (_positions[name], target.Split('/'));
        return Uri.UnescapeDataString(_takesRest && position == _positions.Values.Max() ? string.Join('/', segments[position..]) : segments[position]);
    }

    /// <summary><c>type/full.name</c> in lower case, the type as permission paths have it; null when the route names no securable.</summary>
    public string? SecurableKey(string target)
    {
        if (!_positions.TryGetValue("full_name", out var position))
        {
            return null;
        }

        var type = _positions.ContainsKey("securable_type")
            ? Read("securable_type", target)
            : Template.Split('/')[position - 1] switch
            {
                "models" => "function",
                var collection => collection.TrimEnd('s').Replace('-', '_'),
            };
        return $"{type}/{Read("full_name", target)}".ToLowerInvariant();
    }
}
