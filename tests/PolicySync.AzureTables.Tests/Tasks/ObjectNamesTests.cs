using PolicySync.AzureTables.Tasks;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Core.Securables;

namespace PolicySync.AzureTables.Tests.Tasks;

[Collection(AzuriteCollection.Name)]
public sealed class ObjectNamesTests(AzuriteFixture azurite) : IDisposable
{
    private readonly Account _account = new(azurite);

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task The_names_of_an_id_are_found_by_another_process_and_those_of_other_ids_are_not()
    {
        ObjectName one = new(Securable.Catalog("one"), "1767600000000"), two = new(Securable.Catalog("two"), "1767600000000", "{\"ledger\":{}}");
        await Names().SetAsync(one, default);
        await Names().SetAsync(two, default);
        await Names().SetAsync(new ObjectName(Securable.Catalog("three"), "1767600000001"), default);
        await Names().SetAsync(new ObjectName(Securable.Of(SecurableType.Volume, "a", "b", "c"), "1767600000000"), default);

        Assert.Equal([one, two], (await Names().FindAsync(SecurableType.Catalog, "1767600000000", default)).OrderBy(name => name.Securable.FullName));
        Assert.Empty(await Names().FindAsync(SecurableType.Catalog, "17676", default));
    }

    [Fact]
    public async Task A_name_is_replaced_with_its_parked_state_and_removing_it_twice_is_no_error()
    {
        var name = new ObjectName(Securable.Table("main", "sales", "zamówienia"), "id/1#?", new string('x', 200_000));
        await Names().SetAsync(name, default);
        Assert.Equal([name], await FindAsync(name));

        await Names().SetAsync(name with { Parked = null }, default);
        Assert.Equal([name with { Parked = null }], await FindAsync(name));

        await Names().RemoveAsync(name, default);
        await Names().RemoveAsync(name, default);
        Assert.Empty(await FindAsync(name));
    }

    private Task<IReadOnlyList<ObjectName>> FindAsync(ObjectName name) => Names().FindAsync(name.Securable.Type, name.Identity, default);

    // Each has its own client, like a process.
    private AzureTableObjectNames Names() => new(_account.Storage());
}
