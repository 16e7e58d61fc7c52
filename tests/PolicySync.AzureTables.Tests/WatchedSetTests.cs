using Azure.Data.Tables;
using PolicySync.AzureTables.Policies;
using PolicySync.AzureTables.Tests.Harness;

namespace PolicySync.AzureTables.Tests;

/// <summary>The policies of the watch in tables.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class WatchedSetTests(AzuriteFixture azurite) : IDisposable
{
    private readonly Account _account = new(azurite);

    public void Dispose() => _account.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(600 * 1024)]
    [InlineData(2_000_000)]
    public async Task Content_of_any_size_comes_back_as_it_was_and_leaves_nothing_when_it_is_deleted(int size)
    {
        var sets = new AzureTableWatchedSets(_account.Storage());
        var content = new byte[size];
        new Random(7).NextBytes(content);

        await sets.PutAsync("ab12", content, default);
        await sets.PutAsync("cd34", [1, 2, 3], default);
        Assert.Equal(content, await sets.FindAsync("ab12", default));

        await sets.DeleteAsync("ab12", default);
        await sets.DeleteAsync("ab12", default);
        Assert.Null(await sets.FindAsync("ab12", default));
        Assert.Equal("cd34", Assert.Single(_account.Raw(_account.Prefix + AzureTableWatchedSets.TableName).Query<TableEntity>()).PartitionKey);
    }

    [Fact]
    public async Task Content_of_which_a_part_is_missing_is_none()
    {
        var sets = new AzureTableWatchedSets(_account.Storage());
        await sets.PutAsync("ab12", new byte[2_000_000], default);
        await _account.Raw(_account.Prefix + AzureTableWatchedSets.TableName).DeleteEntityAsync("ab12", "0002");

        Assert.Null(await sets.FindAsync("ab12", default));
    }
}
