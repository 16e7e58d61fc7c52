using System.Text.Json;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Tests.Tasks;

public sealed class SelfOnlyTests
{
    [Theory]
    [InlineData("catalog", true)]
    [InlineData("schema", true)]
    [InlineData("table", false)]
    [InlineData("view", false)]
    [InlineData("function", false)]
    [InlineData("volume", false)]
    [InlineData("model", false)]
    [InlineData("external_location", false)]
    [InlineData("metastore", false)]
    [InlineData("database", true)] // no type of ours: the task skips it
    public void Only_a_container_may_be_self_only(string type, bool may) =>
        Assert.Equal(may, new RequestedResource(type, new Dictionary<string, string>()).MayBeSelfOnly);

    [Fact]
    public void A_self_only_request_is_another_request_than_one_that_covers_the_contents()
    {
        var whole = Request(selfOnly: false);
        var self = Request(selfOnly: true);

        Assert.Equal(TaskKey.OfEvent("s", "1", whole).Hash, TaskKey.OfEvent("s", "1", self).Hash);
        Assert.NotEqual(TaskKey.OfEvent("s", "1", whole).Fingerprint, TaskKey.OfEvent("s", "1", self).Fingerprint);
    }

    [Fact]
    public void It_is_stored_and_read_back_and_what_is_not_self_only_is_stored_as_before()
    {
        Assert.True(JsonSerializer.Deserialize<SyncRequest>(JsonSerializer.Serialize(Request(selfOnly: true)))!.Resources[0].SelfOnly);
        Assert.DoesNotContain("SelfOnly", JsonSerializer.Serialize(Request(selfOnly: false)), StringComparison.Ordinal);
    }

    private static SyncRequest Request(bool selfOnly) => new()
    {
        Type = TaskTypes.ResourceSync,
        Resources = [RequestedResource.Parse("schema", "main.sales")! with { SelfOnly = selfOnly }],
    };
}
