using PolicySync.Adapters.Tests.Support;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;

namespace PolicySync.Adapters.Tests.Policies;

/// <summary>What the specification promises of policies holds wherever they come from.</summary>
public sealed class BothSources
{
    [Theory]
    [InlineData(PolicySourceKind.Folder)]
    [InlineData(PolicySourceKind.RangerAdmin)]
    public async Task Policies_under_a_lower_version_than_before_are_read(PolicySourceKind kind)
    {
        using var bench = SourceBench.Of(kind);
        var first = await ReadAsync(bench);
        Assert.Null(await bench.Source.ReadAsync(first.Stamp, default));
        foreach (var version in new[] { 8, 2, 8 })
        {
            bench.Set("policies", RangerWorld.PoliciesJson(version, $"p{version}"));

            var download = await bench.Source.ReadAsync(first.Stamp, default);

            Assert.Equal((version, $"p{version}"), (download!.Policies.PolicyVersion, download.Policies.Policies![0].Name));
            Assert.NotEqual(first.Stamp, download.Stamp);
            Assert.Null(await bench.Source.ReadAsync(download.Stamp, default));
        }
    }

    [Theory]
    [InlineData(PolicySourceKind.Folder)]
    [InlineData(PolicySourceKind.RangerAdmin)]
    public async Task Changed_policies_under_an_unchanged_version_are_read(PolicySourceKind kind)
    {
        using var bench = SourceBench.Of(kind);
        var stamp = (await ReadAsync(bench)).Stamp;
        foreach (var (document, text) in new[]
                 {
                     ("policies", RangerWorld.PoliciesJson(7, "other")),
                     ("roles", """{"serviceName":"uc","roleVersion":3,"rangerRoles":[{"name":"other"}]}"""),
                     ("userstore", """{"userStoreVersion":4,"userGroupMapping":{"ann":["staff"]}}"""),
                     ("tags", """{"op":"add_or_update","serviceName":"uc","tagVersion":5,"tags":{"1":{"type":"PII"}}}"""),
                 })
        {
            bench.Set(document, text);

            var next = (await bench.Source.ReadAsync(stamp, default))!.Stamp;

            Assert.NotEqual(stamp, next);
            stamp = next;
        }
    }

    [Theory]
    [InlineData(PolicySourceKind.Folder)]
    [InlineData(PolicySourceKind.RangerAdmin)]
    public async Task No_empty_half_or_foreign_document_counts_as_no_policies(PolicySourceKind kind)
    {
        foreach (var document in new[] { "policies", "roles", "userstore", "tags" })
        {
            using var bench = SourceBench.Of(kind);
            var stamp = (await ReadAsync(bench)).Stamp;
            foreach (var text in new[] { "", " ", "null", "[]", "{\"policyVersion\":", "<html>", "oops" })
            {
                bench.Set(document, text);

                Assert.Equal(SyncErrorCode.PoliciesUnavailable, (await World.FailureOf(() => bench.Source.ReadAsync(stamp, default))).Code);
                Assert.Equal(SyncErrorCode.PoliciesUnavailable, (await World.FailureOf(() => bench.Source.ReadAsync(null, default))).Code);
            }
        }
    }

    [Theory]
    [InlineData(PolicySourceKind.Folder)]
    [InlineData(PolicySourceKind.RangerAdmin)]
    public async Task A_set_without_enabled_policies_is_left_to_the_gate_which_refuses_it(PolicySourceKind kind)
    {
        using var bench = SourceBench.Of(kind);
        foreach (var policies in new[] { "", ",\"policies\":null", ",\"policies\":[]", ",\"policies\":[{\"id\":1,\"isEnabled\":false}]" })
        {
            bench.Set("policies", $$"""{"serviceName":"uc","policyVersion":7,"serviceDef":{"name":"d"}{{policies}}}""");

            var download = await ReadAsync(bench);

            Assert.Equal(
                SyncErrorCode.PoliciesUnavailable,
                (await World.FailureOf(() => Task.FromResult(PolicyGate.Accept(download, null, null)))).Code);
        }
    }

    [Theory]
    [InlineData(PolicySourceKind.Folder)]
    [InlineData(PolicySourceKind.RangerAdmin)]
    public async Task A_source_that_was_away_is_read_again_as_it_is_then(PolicySourceKind kind)
    {
        using var bench = SourceBench.Of(kind);
        var stamp = (await ReadAsync(bench)).Stamp;
        bench.Fail(true);
        Assert.Equal(SyncErrorCode.PoliciesUnavailable, (await World.FailureOf(() => bench.Source.ReadAsync(stamp, default))).Code);

        bench.Fail(false);
        Assert.Null(await bench.Source.ReadAsync(stamp, default));
        bench.Set("policies", RangerWorld.PoliciesJson(8));
        Assert.Equal(8, (await bench.Source.ReadAsync(stamp, default))!.Policies.PolicyVersion);
    }

    [Fact]
    public async Task The_same_content_has_the_same_stamp_from_either_source()
    {
        using var folder = SourceBench.Of(PolicySourceKind.Folder);
        using var ranger = SourceBench.Of(PolicySourceKind.RangerAdmin);

        Assert.Equal((await ReadAsync(folder)).Stamp, (await ReadAsync(ranger)).Stamp);
    }

    private static async Task<PolicyDownload> ReadAsync(SourceBench bench) => (await bench.Source.ReadAsync(null, default))!;
}
