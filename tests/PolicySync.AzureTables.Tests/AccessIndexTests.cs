using PolicySync.AzureTables.Access;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Core;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;

namespace PolicySync.AzureTables.Tests;

[Collection(AzuriteCollection.Name)]
public sealed class AccessIndexTests(AzuriteFixture azurite) : IDisposable
{
    private const string Ann = "p ann@x.io";

    private readonly Account _account = new(azurite);

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task Rows_of_a_key_are_read_in_pages_by_name_and_those_of_other_keys_are_not()
    {
        foreach (var name in new[] { "c", "a", "b", "zamówienia#1" })
        {
            await Index().WriteAsync(Table(name), new Dictionary<string, string?> { [Ann] = $"{{\"name\":\"{name}\"}}", ["p bob@x.io"] = "{}" }, default);
        }

        var first = await Index().ReadAsync(Ann, null, 3, default);
        var rest = await Index().ReadAsync(Ann, first[^1].Place, 3, default);

        Assert.Equal(["main.s.a", "main.s.b", "main.s.c"], first.Select(row => row.Securable.FullName));
        Assert.Equal("""{"name":"a"}""", first[0].Content);
        Assert.Equal([Table("zamówienia#1")], rest.Select(row => row.Securable));
        Assert.Empty(await Index().ReadAsync("p a", null, 3, default));
    }

    [Fact]
    public async Task A_row_is_replaced_and_removing_it_twice_is_no_error()
    {
        var long_ = Table(new string('x', 255));
        await Index().WriteAsync(long_, new Dictionary<string, string?> { [Ann] = "1" }, default);
        await Index().WriteAsync(long_, new Dictionary<string, string?> { [Ann] = new string('y', 100_000) }, default);
        Assert.Equal(100_000, Assert.Single(await Index().ReadAsync(Ann, null, 10, default)).Content.Length);

        for (var i = 0; i < 2; i++)
        {
            await Index().WriteAsync(long_, new Dictionary<string, string?> { [Ann] = null }, default);
        }

        Assert.Empty(await Index().ReadAsync(Ann, null, 10, default));
    }

    [Fact]
    public async Task Hundreds_of_rows_of_one_securable_are_written_at_once()
    {
        var rows = Enumerable.Range(0, 300).ToDictionary(n => $"p user{n}@x.io", string? (n) => $"{n}");

        await Index().WriteAsync(Table("t"), rows, default);

        Assert.Equal("299", Assert.Single(await Index().ReadAsync("p user299@x.io", null, 10, default)).Content);
    }

    [Fact]
    public async Task Rows_of_names_with_a_beginning_are_read_in_pages()
    {
        foreach (var name in new[] { "or", "orders", "orders_2", "zz", "żółw" })
        {
            await Index().WriteAsync(Table(name), new Dictionary<string, string?> { [Ann] = "{}" }, default);
        }

        var first = await Index().ReadAsync(Ann, "main.s.order", null, 1, default);
        var rest = await Index().ReadAsync(Ann, "main.s.order", first[^1].Place, 10, default);

        Assert.Equal([Table("orders"), Table("orders_2")], first.Concat(rest).Select(row => row.Securable));
        Assert.Equal([Table("żółw")], (await Index().ReadAsync(Ann, "main.s.żó", null, 10, default)).Select(row => row.Securable));
        Assert.Empty(await Index().ReadAsync(Ann, "main.t", null, 10, default));
    }

    [Fact]
    public async Task The_generation_is_made_once_and_another_one_after_the_table_was_lost()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Index().GetGenerationAsync(default)));
        Assert.Single(made.Distinct());

        await _account.Raw(_account.Prefix + "Access").DeleteAsync();

        Assert.NotEqual(made[0], await Index().GetGenerationAsync(default));
    }

    private IAccessIndex Index() => new AzureTableAccessIndex(_account.Storage(), IdGenerator.System);

    private static Securable Table(string name) => Securable.Table("main", "s", name);
}
