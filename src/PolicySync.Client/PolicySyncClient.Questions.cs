using System.Globalization;
using System.Runtime.CompilerServices;
using PolicySync.Client.Http;

namespace PolicySync.Client;

/// <content>Questions about securables, principals and policies.</content>
public sealed partial class PolicySyncClient
{
    /// <inheritdoc/>
    public Task<SecurableState> SecurableAsync(string type, string fullName, CancellationToken cancellation = default) =>
        _api.GetSecurableAsync(Segment(type), Segment(fullName), cancellation);

    /// <inheritdoc/>
    public Task<PrincipalAccessPage> ReachPageAsync(
        string principal, int? pageSize = null, string? pageToken = null, CancellationToken cancellation = default) =>
        _api.GetPrincipalAccessAsync(Segment(principal), Query.Text(pageSize), pageToken, cancellation);

    /// <inheritdoc/>
    public async IAsyncEnumerable<PrincipalAccessPage> ReachAsync(string principal, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        string? pageToken = null;
        do
        {
            var page = await _api.GetPrincipalAccessAsync(Segment(principal), LargestPage, pageToken, cancellation).ConfigureAwait(false);
            yield return page;
            pageToken = page.NextPageToken;
        }
        while (pageToken is not null);
    }

    /// <inheritdoc/>
    public Pages<PolicyEffect> PolicyEffects(long policyId) => new(async (pageToken, cancellation) =>
    {
        var page = await _api.GetPolicyEffectsAsync(policyId.ToString(CultureInfo.InvariantCulture), LargestPage, pageToken, cancellation).ConfigureAwait(false);
        return new Page<PolicyEffect>(page.Effects, page.NextPageToken);
    });

    /// <inheritdoc/>
    public Task<AccessPage> AccessPageAsync(
        string type, string fullName, AccessFilter? filter = null, string? pageToken = null, CancellationToken cancellation = default) =>
        _api.GetAccessAsync(Segment(type), Segment(fullName), AccessQuery.Of(filter, pageToken), cancellation);

    /// <inheritdoc/>
    public async IAsyncEnumerable<AccessPage> AccessAsync(
        string type, string fullName, AccessFilter? filter = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        string? pageToken = null;
        do
        {
            var page = await AccessPageAsync(type, fullName, filter, pageToken, cancellation).ConfigureAwait(false);
            yield return page;
            pageToken = page.NextPageToken;
        }
        while (pageToken is not null);
    }

    /// <inheritdoc/>
    public Task<Explanation> ExplainAsync(ExplainRequest request, CancellationToken cancellation = default) => _api.ExplainAsync(request, cancellation);
}
