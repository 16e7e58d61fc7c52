using PolicySync.AzureTables.Drift;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Core.Drift;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tests.Tasks;

[Collection(AzuriteCollection.Name)]
public sealed class DriftTests(AzuriteFixture azurite) : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private static readonly Securable Table = Securable.Table("main", "sales", "zamówienia");

    private readonly Account _account = new(azurite);

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task A_record_is_read_by_another_process_as_it_was_written()
    {
        DriftEntry[] entries =
        [
            new(new Difference(DriftKind.Drift, ChangeAction.SetMask, null, null, "ssn") { PolicyId = 7, PolicyName = "masks" }, Now),
            new(new Difference(DriftKind.Foreign, null, "eve@x.io", "MODIFY", null) { ChangedBy = "mallory@x.io", ChangedAt = Now }, Now)
            {
                Accepted = new DriftAcceptance("known", Now.AddDays(1), "ann", Now), AdoptedBy = "bob", AdoptTime = Now,
            },
        ];
        Assert.True(await Store().SetAsync(new DriftRecord(Table, entries, null), default));

        var read = await FindAsync();

        Assert.Equal((Table, entries.Length), (read!.Securable, read.Entries.Count));
        Assert.Equal(entries, read.Entries);
    }

    [Fact]
    public async Task A_writer_with_an_old_version_is_refused_and_deletes_nothing()
    {
        Assert.True(await Store().SetAsync(Of(1), default));
        Assert.False(await Store().SetAsync(Of(2), default)); // it exists
        var old = (await FindAsync())!;
        Assert.True(await Store().SetAsync(Of(2) with { Version = old.Version }, default));

        Assert.False(await Store().SetAsync(Of(3) with { Version = old.Version }, default));
        Assert.False(await Store().RemoveAsync(old, default));
        Assert.Equal(2, (await FindAsync())!.Entries.Count);

        Assert.True(await Store().RemoveAsync((await FindAsync())!, default));
        Assert.True(await Store().RemoveAsync(old, default)); // it is gone
        Assert.Null(await FindAsync());
        Assert.False(await Store().SetAsync(Of(3) with { Version = old.Version }, default));
    }

    [Fact]
    public async Task A_list_continues_at_a_key_and_the_most_differences_fit_into_a_row()
    {
        for (var n = 0; n < 5; n++)
        {
            Assert.True(await Store().SetAsync(new DriftRecord(Securable.Table("main", "s", $"t{n}"), Entries(DriftRecord.MaxEntries), null), default));
        }

        var all = await Store().ListAsync(null, 10, default);
        Assert.Equal((5, 5 * DriftRecord.MaxEntries), (all.Count, all.Sum(record => record.Entries.Count)));
        var keys = all.Select(record => DriftId.KeyOf(record.Securable)).ToList();
        Assert.Equal(keys.Order(StringComparer.Ordinal), keys);
        Assert.Equal(keys[2..4], (await Store().ListAsync(keys[2], 2, default)).Select(record => DriftId.KeyOf(record.Securable)));
    }

    private static DriftRecord Of(int entries) => new(Table, Entries(entries), null);

    private static List<DriftEntry> Entries(int count) => [.. Enumerable.Range(0, count).Select(n =>
        new DriftEntry(new Difference(DriftKind.Foreign, null, $"user-{n}-{Guid.NewGuid()}@corp.example.com", "SELECT", null), Now))];

    private Task<DriftRecord?> FindAsync() => Store().FindAsync(DriftId.KeyOf(Table), default);

    private AzureTableDrift Store() => new(_account.Storage());
}
