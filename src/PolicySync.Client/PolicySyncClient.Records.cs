using System.Globalization;
using System.Runtime.CompilerServices;

namespace PolicySync.Client;

/// <content>Export and import.</content>
public sealed partial class PolicySyncClient
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredRecordPage> ExportAsync(int? pageSize = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        string? pageToken = null;
        do
        {
            var page = await _api.ListRecordsAsync(pageSize?.ToString(CultureInfo.InvariantCulture) ?? LargestPage, pageToken, cancellation).ConfigureAwait(false);
            yield return page;
            pageToken = page.NextPageToken;
        }
        while (pageToken is not null);
    }

    /// <inheritdoc/>
    public Task<ImportResult> ImportAsync(ImportRequest request, CancellationToken cancellation = default) => _api.ImportRecordsAsync(request, cancellation);
}
