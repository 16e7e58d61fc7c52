using PolicySync.Core.Securables;

namespace PolicySync.Core.Tests.Securables;

public sealed class SecurableTests
{
    [Fact]
    public void Names_are_kept_in_the_case_in_which_unity_catalog_stores_them()
    {
        Assert.Equal(Securable.Table("main", "sales", "orders"), Securable.Parse(SecurableType.Table, "Main.SALES.Orders"));
        Assert.Equal("table main.sales.orders", Securable.Table("Main", "SALES", "Orders").ToString());
    }

    [Fact]
    public void A_securable_is_read_from_its_text()
    {
        Assert.Equal(Securable.Table("main", "sales", "orders"), Securable.OfText("table main.sales.orders"));
        Assert.Null(Securable.OfText("kind_of_a_later_build main.x"));
        Assert.Null(Securable.OfText("table"));
    }

    [Fact]
    public void The_type_is_part_of_what_a_securable_is() =>
        Assert.NotEqual(Securable.Parse(SecurableType.Table, "a.b.c"), Securable.Parse(SecurableType.Volume, "a.b.c"));

    [Fact]
    public void Parents_are_listed_from_the_catalog_down()
    {
        Assert.Equal([Securable.Catalog("a"), Securable.Schema("a", "b")], Securable.Parse(SecurableType.Model, "a.b.c").Parents);
        Assert.Equal([Securable.Catalog("a")], Securable.Schema("a", "b").Parents);
        Assert.Empty(Securable.Catalog("a").Parents);
    }

    [Theory]
    [InlineData(SecurableType.ExternalLocation)]
    [InlineData(SecurableType.StorageCredential)]
    [InlineData(SecurableType.ServiceCredential)]
    [InlineData(SecurableType.Connection)]
    [InlineData(SecurableType.Metastore)]
    public void What_stands_beside_catalogs_is_in_none_and_holds_nothing(SecurableType type)
    {
        var beside = Securable.Parse(type, "main");

        Assert.True(type.IsBesideCatalogs());
        Assert.Null(beside.CatalogName);
        Assert.Empty(beside.Parents);
        Assert.False(type.IsContainer());
        Assert.False(Securable.Catalog("main").Covers(beside));
        Assert.False(beside.Covers(Securable.Schema("main", "sales")));
        Assert.Throws<ArgumentException>(() => Securable.Parse(type, "main.sales"));
    }

    [Theory]
    [InlineData("a", "a", true)]
    [InlineData("a", "a.b.c", true)]
    [InlineData("a.b", "a.b.c", true)]
    [InlineData("a", "ab.c", false)] // a name is no prefix of another
    [InlineData("a.b", "a.bc.d", false)]
    [InlineData("a.b", "a", false)]
    [InlineData("a.b.c", "a.b.c", true)]
    public void A_container_covers_itself_and_all_below(string container, string other, bool covers) =>
        Assert.Equal(covers, Named(container).Covers(Named(other)));

    [Theory]
    [InlineData(SecurableType.Catalog, "a.b")]
    [InlineData(SecurableType.Schema, "a")]
    [InlineData(SecurableType.Table, "a.b")]
    [InlineData(SecurableType.Table, "a.b.c.d")]
    [InlineData(SecurableType.Table, "a..c")]
    [InlineData(SecurableType.Table, "a.b.c*")]
    public void A_name_that_does_not_fit_the_type_is_refused(SecurableType type, string name) =>
        Assert.Throws<ArgumentException>(() => Securable.Parse(type, name));

    [Theory]
    [InlineData(SecurableType.Catalog, "catalog")]
    [InlineData(SecurableType.Table, "table")]
    [InlineData(SecurableType.Volume, "volume")]
    [InlineData(SecurableType.Model, "function")] // models stand under functions in the permissions path
    [InlineData(SecurableType.ExternalLocation, "external_location")]
    [InlineData(SecurableType.StorageCredential, "storage_credential")]
    [InlineData(SecurableType.ServiceCredential, "credential")]
    [InlineData(SecurableType.Connection, "connection")]
    [InlineData(SecurableType.Metastore, "metastore")]
    public void The_permissions_path_has_its_own_word(SecurableType type, string path) => Assert.Equal(path, type.PathType());

    private static Securable Named(string name) => Securable.Parse(
        name.Split('.').Length switch { 1 => SecurableType.Catalog, 2 => SecurableType.Schema, _ => SecurableType.Table }, name);
}
