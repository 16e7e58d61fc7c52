using System.Collections.Concurrent;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;
using PolicySync.Host.Storage;

namespace PolicySync.Grains.Tests.Support;

/// <summary>The index of access, outliving silos; records writes and fails on request.</summary>
internal sealed class KeptIndex : IAccessIndex
{
    private MemoryAccessIndex _rows = new();
    private string _generation = "1";
    private readonly ConcurrentQueue<string> _writes = new();

    /// <summary>Asked before each write; what it returns is thrown.</summary>
    public Func<Exception?> Before { get; set; } = () => null;

    /// <summary>Asked after each write took effect; what it returns is thrown, as for an answer that was lost.</summary>
    public Func<Exception?> After { get; set; } = () => null;

    /// <summary>Rows written and removed, as <c>+ table c.s.t p ann@corp.com</c>.</summary>
    public IReadOnlyList<string> Writes => [.. _writes];

    public void Forget() => _writes.Clear();

    /// <summary>All rows are gone, as when their table was deleted.</summary>
    public void Lose() => (_rows, _generation) = (new MemoryAccessIndex(), _generation + "1");

    public Task<string> GetGenerationAsync(CancellationToken cancellation) => Task.FromResult(_generation);

    /// <summary>Reads the first rows of a key.</summary>
    public Task<IReadOnlyList<AccessIndexRow>> ReadAsync(string key, string? after, int count, CancellationToken cancellation) =>
        ReadAsync(key, "", after, count, cancellation);

    public async Task WriteAsync(Securable securable, IReadOnlyDictionary<string, string?> rows, CancellationToken cancellation)
    {
        if (Before() is { } fault)
        {
            throw fault;
        }

        foreach (var row in rows.OrderBy(row => row.Key, StringComparer.Ordinal))
        {
            _writes.Enqueue($"{(row.Value is null ? '-' : '+')} {securable} {row.Key}");
        }

        await _rows.WriteAsync(securable, rows, cancellation);
        if (After() is { } lost)
        {
            throw lost;
        }
    }

    public Task<IReadOnlyList<AccessIndexRow>> ReadAsync(string key, string beginning, string? after, int count, CancellationToken cancellation) =>
        _rows.ReadAsync(key, beginning, after, count, cancellation);

    /// <summary>What a principal holds, as <c>table c.s.t: SELECT(7) MODIFY(foreign)</c>.</summary>
    public async Task<IReadOnlyList<string>> OfAsync(string principal)
    {
        var rows = await ReadAsync(AccessIndexKey.OfPrincipal(principal), null, 1_000, default);
        return [.. rows.Select(row => $"{row.Securable}: {Text(IndexedSecurable.Read<IndexedPrincipal>(row.Content))}")];
    }

    private static string Text(IndexedPrincipal held) => string.Join(' ', held.Grants
        .Select(grant => $"{grant.Privilege}({(grant.IsOurs ? $"{grant.PolicyId}" : "foreign")})").Concat(held.Owns ? ["owner"] : []));
}

/// <summary>The index as a silo reaches it: not at all once it is dead.</summary>
internal sealed class SiloIndex(IAccessIndex index, SiloFate fate) : IAccessIndex
{
    public Task WriteAsync(Securable securable, IReadOnlyDictionary<string, string?> rows, CancellationToken cancellation) =>
        fate.LiveAsync(() => index.WriteAsync(securable, rows, cancellation));

    public Task<string> GetGenerationAsync(CancellationToken cancellation) => fate.LiveAsync(() => index.GetGenerationAsync(cancellation));

    public Task<IReadOnlyList<AccessIndexRow>> ReadAsync(string key, string beginning, string? after, int count, CancellationToken cancellation) =>
        fate.LiveAsync(() => index.ReadAsync(key, beginning, after, count, cancellation));
}
