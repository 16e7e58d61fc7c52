using PolicySync.Core;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// The changes of a plan that is carried out, by securable. In memory, so plans of more than <see cref="MaxSecurables"/> changed
/// securables are not carried out.
/// </summary>
public sealed class AgreedPlan
{
    /// <summary>Most changed securables of a plan that can be carried out.</summary>
    public const int MaxSecurables = 100_000;

    private const int PageSize = 1_000;

    private readonly Dictionary<string, string?> _digests = new(StringComparer.Ordinal);

    private AgreedPlan()
    {
    }

    /// <summary>The securables that the plan changes, by type and full name.</summary>
    internal IReadOnlyCollection<string> Names => _digests.Keys;

    /// <summary>Reads the plan; null when it is not kept any more.</summary>
    internal static async Task<AgreedPlan?> ReadAsync(ITaskStore store, TaskId id, CancellationToken cancellation)
    {
        if (await store.FindAsync(id, cancellation) is null)
        {
            return null;
        }

        var plan = new AgreedPlan();
        string? token = null;
        do
        {
            var page = await store.ReadResultsAsync(id, new ResultFilter { Drifted = true }, PageSize, token, cancellation);
            foreach (var result in page.Resources)
            {
                plan._digests[NameOf(result)] = result.Effect?.Digest;
            }

            token = page.NextPageToken;
        }
        while (token is not null);
        return plan;
    }

    /// <summary>The changes of a securable; empty for one that the plan leaves as it is.</summary>
    internal string DigestOf(Securable securable) => DigestOf($"{WireNames.Of(securable.Type)} {securable.FullName}") ?? "";

    /// <summary>The changes of a securable by its name; empty for one that the plan leaves as it is, null when they are too many to be kept.</summary>
    internal string? DigestOf(string name) => _digests.TryGetValue(name, out var digest) ? digest : "";

    /// <summary>The name of the securable of a result. A view is a table.</summary>
    internal static string NameOf(ResourceResult result) =>
        $"{(result.Type == RequestedResource.View ? WireNames.Of(SecurableType.Table) : result.Type)} {result.FullName}";
}
