using PolicySync.Core.Securables;

namespace PolicySync.Core.Tests.Securables;

public sealed class SecurableNameTests
{
    [Theory]
    [InlineData("orders", null)]
    [InlineData("größe-2`%#'\"", null)] // Unity Catalog takes them; quoting is the business of whoever writes SQL or paths
    [InlineData("", "is empty")]
    [InlineData("a b", "holds ` `")]
    [InlineData("a.b", "holds `.`")]
    [InlineData("a/b", "holds `/`")]
    [InlineData("a*", "holds `*`")]
    [InlineData("a?", "holds `?`")]
    [InlineData("a\n", "holds a control character")]
    [InlineData("a\u007f", "holds a control character")]
    public void A_fault_is_named(string name, string? fault) => Assert.Equal(fault, SecurableName.Fault(name));

    [Fact]
    public void A_name_has_at_most_255_characters()
    {
        Assert.Null(SecurableName.Fault(new string('a', 255)));
        Assert.Equal("is longer than 255 characters", SecurableName.Fault(new string('a', 256)));
    }

    [Theory]
    [InlineData("hive_metastore", true)]
    [InlineData("SYSTEM", true)]
    [InlineData("samples", true)]
    [InlineData("__databricks_internal", true)]
    [InlineData("main", false)]
    public void Some_catalogs_are_never_synced(string catalog, bool reserved) =>
        Assert.Equal(reserved, SecurableName.IsReservedCatalog(catalog));

    [Theory]
    [InlineData("information_schema", true)]
    [InlineData("Information_Schema", true)]
    [InlineData("default", false)]
    public void Only_the_information_schema_is_a_reserved_schema(string schema, bool reserved) => Assert.Equal(reserved, SecurableName.IsReservedSchema(schema));
}
