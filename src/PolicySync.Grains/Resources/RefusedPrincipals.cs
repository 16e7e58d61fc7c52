using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Principals;

namespace PolicySync.Grains.Resources;

/// <summary>
/// Principals that Unity Catalog refused as unknown on any securable, remembered by the process: a walk would otherwise
/// pay a refused PATCH for each securable that such a principal is wanted on. Kept as long as anything that we know of
/// principals, <c>Principals:MaxAge</c>. Safe for concurrent use.
/// </summary>
internal sealed class RefusedPrincipals(IOptions<PrincipalsOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, long> _since = new(StringComparer.Ordinal);

    /// <summary>Notes a refusal.</summary>
    /// <param name="key">A <see cref="PrincipalKey"/>.</param>
    public void Add(string key)
    {
        // New refusals are rare, so this is the time to forget old ones: what is kept is bounded by what is wanted.
        foreach (var (old, since) in _since)
        {
            if (!Holds(since))
            {
                _since.TryRemove(KeyValuePair.Create(old, since));
            }
        }

        _since[key] = time.GetTimestamp();
    }

    /// <summary>Whether <paramref name="key"/> was refused a short while ago.</summary>
    public bool Has(string key) => _since.TryGetValue(key, out var since) && Holds(since);

    private bool Holds(long since) => time.GetElapsedTime(since) < options.Value.MaxAge;
}
