using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Principals;

namespace PolicySync.Grains.Resources.Isolating;

/// <summary>
/// Principals that Unity Catalog refused as unknown on any securable. Without them a walk would send a refused PATCH for each
/// securable that such a principal should get access to. Kept for <c>Principals:MaxAge</c>, like all knowledge of principals. Safe for concurrent use.
/// </summary>
internal sealed class RefusedPrincipals(IOptions<PrincipalsOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, long> _since = new(StringComparer.Ordinal);

    /// <summary>Records a refusal.</summary>
    /// <param name="key">A <see cref="PrincipalKey"/>.</param>
    public void Add(string key)
    {
        // New refusals are rare, so old ones are dropped here.
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
