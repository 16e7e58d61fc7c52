using PolicySync.Core.Tasks;

namespace PolicySync.Core.Tests.Tasks;

public sealed class ChangeDigestTests
{
    [Fact]
    public void Sets_are_equal_whatever_the_order_and_tell_what_they_cover()
    {
        var all = ChangeDigest.Of(["a", "b", "c", "b"])!;

        Assert.Equal(all, ChangeDigest.Of(["c", "a", "b"]));
        Assert.Equal(all, ChangeDigest.Union(ChangeDigest.Of(["b"]), ChangeDigest.Of(["c", "a"])));
        Assert.NotEqual(all, ChangeDigest.Of(["a", "b"]));
        Assert.True(ChangeDigest.Covers(all, ChangeDigest.Of(["a", "c"])));
        Assert.True(ChangeDigest.Covers("", ""));
        Assert.False(ChangeDigest.Covers("", ChangeDigest.Of(["a"])));
        Assert.False(ChangeDigest.Covers(all, ChangeDigest.Of(["a", "d"])));
        Assert.Equal("", ChangeDigest.Of([]));
    }

    [Fact]
    public void A_set_that_is_too_large_is_covered_by_none()
    {
        Assert.NotNull(ChangeDigest.Of(Enumerable.Range(0, ChangeDigest.MaxChanges).Select(number => $"{number}")));
        var large = ChangeDigest.Of(Enumerable.Range(0, ChangeDigest.MaxChanges + 1).Select(number => $"{number}"));

        Assert.Null(large);
        Assert.False(ChangeDigest.Covers("", large));
        Assert.Null(ChangeDigest.Union("", large));
    }
}
