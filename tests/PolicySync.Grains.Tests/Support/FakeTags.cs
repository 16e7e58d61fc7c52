using System.Collections.Concurrent;
using PolicySync.Core.Grants;
using PolicySync.Core.Policies;
using PolicySync.Core.Securables;
using PolicySync.Ranger.Model;

namespace PolicySync.Grains.Tests.Support;

/// <summary>Tags as Unity Catalog would give them: each securable its own, and a table those of its columns.</summary>
internal sealed class FakeTags : ITagSource
{
    private readonly ConcurrentDictionary<(string On, string? Column), string> _tags = new();
    private readonly ConcurrentQueue<string> _reads = new();

    /// <summary>Set while tags cannot be read.</summary>
    public Exception? Failure { get; set; }

    /// <summary>What was asked for, in order.</summary>
    public IReadOnlyList<string> Reads => [.. _reads];

    public void Set(string on, string tag, string? column = null) => _tags[(on, column)] = tag;

    public void ClearReads() => _reads.Clear();

    public Task<IReadOnlyList<TaggedResource>> ReadAsync(Securable securable, CallMeter meter, CancellationToken cancellation)
    {
        _reads.Enqueue(securable.ToString());
        if (Failure is { } failure)
        {
            return Task.FromException<IReadOnlyList<TaggedResource>>(failure);
        }

        return Task.FromResult<IReadOnlyList<TaggedResource>>(
        [
            .. _tags.Where(pair => pair.Key.On == securable.ToString()).Select(pair =>
            {
                var elements = RangerResources.Elements(securable);
                if (pair.Key.Column is { } column)
                {
                    elements[RangerResources.Column] = column;
                }

                return new TaggedResource(elements, [new RangerTag { Type = pair.Value }]);
            }),
        ]);
    }
}
