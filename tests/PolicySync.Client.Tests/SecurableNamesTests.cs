namespace PolicySync.Client.Tests;

public sealed class SecurableNamesTests
{
    [Theory]
    [InlineData("catalog", "main", "catalog=main")]
    [InlineData("schema", "main.sales", "catalog=main;schema=sales")]
    [InlineData("view", "main.sales.v", "catalog=main;schema=sales;table=v")]
    [InlineData("table", "main.`a.b`.`x``y`", "catalog=main;schema=a.b;table=x`y")]
    [InlineData("external_location", "raw.landing", "external_location=raw.landing")]
    [InlineData("external_location", "`raw`", "external_location=raw")]
    public void A_full_name_is_read_by_the_levels_of_its_type(string type, string name, string levels) =>
        Assert.Equal(levels, string.Join(';', SecurableNames.Parse(type, name)!.Values.Select(level => $"{level.Key}={level.Value}")));

    [Theory]
    [InlineData("nonsense", "main")]
    [InlineData("table", "main.sales")]
    [InlineData("table", "main.sales.a.b")]
    [InlineData("table", "main..t")]
    [InlineData("schema", "main.`sales")]
    [InlineData("catalog", "")]
    public void What_is_no_name_of_the_type_is_none(string type, string name) => Assert.Null(SecurableNames.Parse(type, name));

    [Fact]
    public void The_form_of_a_name_is_that_of_its_levels() =>
        Assert.Equal(("CATALOG.SCHEMA.TABLE", null), (SecurableNames.FormOf("view"), SecurableNames.FormOf("nonsense")));
}
