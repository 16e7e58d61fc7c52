using System.Runtime.CompilerServices;

namespace PolicySync.Client;

/// <content>The comparison of policies.</content>
public sealed partial class PolicySyncClient
{
    /// <inheritdoc/>
    public IAsyncEnumerable<PolicyDiff> ComparePoliciesAsync(PolicyDiffRequest request, CancellationToken cancellation = default) =>
        PagesAsync((pageToken, cancelled) => _api.ComparePoliciesAsync(request, LargestPage, pageToken, cancelled), cancellation);

    /// <inheritdoc/>
    public IAsyncEnumerable<PolicyDiff> ComparePlanPoliciesAsync(string planId, CancellationToken cancellation = default) =>
        PagesAsync((pageToken, cancelled) => _api.ComparePlanPoliciesAsync(Id(planId), LargestPage, pageToken, cancelled), cancellation);

    private static async IAsyncEnumerable<PolicyDiff> PagesAsync(
        Func<string?, CancellationToken, Task<PolicyDiff>> read, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? pageToken = null;
        do
        {
            var page = await read(pageToken, cancellation).ConfigureAwait(false);
            yield return page;
            pageToken = page.NextPageToken;
        }
        while (pageToken is not null);
    }
}
