using PolicySync.Core.Securables;
using PolicySync.Grains.Resources;

namespace PolicySync.Grains.Tests;

public sealed class ResourceKeys
{
    /// <summary>What one key of Azure Table Storage can hold, in characters: 1 KiB of UTF-16.</summary>
    private const int TableKey = 512;

    private static readonly string LongestInstance = new('I', 63);

    // What the storage provider puts before a key: the service id and the grain's type.
    private static readonly int Before = new string('s', 63).Length + "_resource/".Length;

    [Theory]
    [InlineData('a')]
    [InlineData('"')]
    [InlineData('売')]
    public void A_key_fits_into_table_storage_however_long_the_names_are(char letter)
    {
        var name = new string(letter, 255);
        var securable = Securable.Table(name, name, name);

        Assert.InRange(Before + ResourceKey.Of(LongestInstance, securable).Length, 1, TableKey);
    }

    [Fact]
    public void Long_names_that_differ_at_the_end_have_keys_of_their_own()
    {
        var name = new string('t', 254);

        Assert.NotEqual(
            ResourceKey.Of("i", Securable.Table(name, name, name + "1")), ResourceKey.Of("i", Securable.Table(name, name, name + "2")));
        Assert.Equal("i:table:main.sales.orders", ResourceKey.Of("i", Securable.Table("main", "sales", "orders")));
    }

    [Theory]
    [InlineData(SecurableType.Table, "main.sales.orders")]
    [InlineData(SecurableType.Table, "main.zamówienia.a~b:c")]
    [InlineData(SecurableType.ServiceCredential, "key-one")]
    [InlineData(SecurableType.Metastore, "0b1c2d3e")]
    public void A_key_says_what_it_is_of(SecurableType type, string name)
    {
        var securable = Securable.Parse(type, name);

        Assert.Equal(securable, ResourceKey.SecurableOf("in-1", ResourceKey.Of("in-1", securable)));
        Assert.Null(ResourceKey.SecurableOf("in", ResourceKey.Of("in-1", securable)));
    }

    [Fact]
    public void Functions_and_models_share_a_key_which_counts_as_a_function_s() => Assert.Equal(
        Securable.Parse(SecurableType.Function, "a.b.c"), ResourceKey.SecurableOf("i", ResourceKey.Of("i", Securable.Parse(SecurableType.Model, "a.b.c"))));

    [Fact]
    public void A_key_with_a_hash_does_not_say_the_name()
    {
        var name = new string('t', 254);

        Assert.All(Enumerable.Range(0, 64), number =>
            Assert.Null(ResourceKey.SecurableOf("i", ResourceKey.Of("i", Securable.Table(name, name, $"{name}{number % 10}{number / 10}"[..255])))));
    }
}
