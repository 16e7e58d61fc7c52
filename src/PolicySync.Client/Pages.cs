using System.Runtime.CompilerServices;

namespace PolicySync.Client;

/// <summary>A page of a list.</summary>
/// <param name="Items">Its items; may be empty although there is a next page.</param>
/// <param name="NextPageToken">What <see cref="Pages{T}.AsPages"/> takes to continue after this page; null on the last one.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextPageToken);

/// <summary>A list that is read page by page while it is enumerated: its items, or <see cref="AsPages"/>.</summary>
public sealed class Pages<T> : IAsyncEnumerable<T>
{
    private readonly Func<string?, CancellationToken, Task<Page<T>>> _read;

    internal Pages(Func<string?, CancellationToken, Task<Page<T>>> read) => _read = read;

    /// <summary>The pages, from the first or from the one of <paramref name="pageToken"/>.</summary>
    public async IAsyncEnumerable<Page<T>> AsPages(string? pageToken = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        do
        {
            var page = await _read(pageToken, cancellation).ConfigureAwait(false);
            yield return page;
            pageToken = page.NextPageToken;
        }
        while (pageToken is not null);
    }

    /// <summary>The items of all pages.</summary>
    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await foreach (var page in AsPages(cancellation: cancellationToken).ConfigureAwait(false))
        {
            foreach (var item in page.Items)
            {
                yield return item;
            }
        }
    }
}
