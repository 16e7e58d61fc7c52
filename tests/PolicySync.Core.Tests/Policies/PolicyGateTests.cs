using PolicySync.Core.Errors;
using PolicySync.Core.Policies;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Tests.Policies;

/// <summary>Specification §2: policies that vanish never count as «no policies».</summary>
public sealed class PolicyGateTests
{
    [Theory]
    [InlineData(10, 10)]
    [InlineData(10, 5)] // half is not under half
    [InlineData(11, 6)]
    [InlineData(1, 1)]
    [InlineData(10, 100)]
    public void A_set_that_kept_half_serves(int before, int now) =>
        Assert.Equal((8, "new", now), Held(PolicyGate.Accept(Download(8, now), Baseline(before), allowShrink: null)));

    [Theory]
    [InlineData(10, 4)]
    [InlineData(11, 5)]
    [InlineData(3, 1)]
    public void A_set_that_lost_more_is_refused(int before, int now)
    {
        var refusal = Assert.Throws<SyncException>(() => PolicyGate.Accept(Download(8, now), Baseline(before), allowShrink: null));
        Assert.Equal(SyncErrorCode.PoliciesShrank, refusal.Code);
        Assert.Contains("AllowShrink to 8", refusal.Message);
    }

    [Fact]
    public void Until_its_version_is_named()
    {
        Assert.Throws<SyncException>(() => PolicyGate.Accept(Download(8, 1), Baseline(10), allowShrink: 7));
        Assert.Equal(1, PolicyGate.Accept(Download(8, 1), Baseline(10), allowShrink: 8).EnabledPolicies);
    }

    [Fact]
    public void Disabled_policies_count_as_lost() =>
        Assert.Throws<SyncException>(() => PolicyGate.Accept(Download(8, 4, disabled: 6), Baseline(10), allowShrink: null));

    [Fact]
    public void Policies_that_moved_into_a_zone_do_not()
    {
        var download = Download(8, 1);
        download.Policies.SecurityZones["zone"] = new() { Policies = [.. Enumerable.Range(0, 9).Select(_ => new RangerPolicy())] };
        Assert.Equal(10, PolicyGate.Accept(download, Baseline(10), allowShrink: null).EnabledPolicies);
    }

    [Theory]
    [InlineData(4, 6, 2, 3)]
    [InlineData(4, 6, 4, 6)]
    [InlineData(4, 0, 4, 9)]
    public void Tag_policies_have_a_count_of_their_own(int before, int ofTagsBefore, int now, int ofTags) => Assert.Equal(
        (now, ofTags),
        PolicyGate.Accept(Tagged(now, ofTags), Baseline(before, ofTagsBefore), allowShrink: null) is var accepted
            ? (accepted.EnabledPolicies, accepted.EnabledTagPolicies) : default);

    [Theory]
    [InlineData(4, 7, 4, 1, "tag policies: 1 enabled tag policies where version 7 held 7")]
    [InlineData(4, 1, 4, 0, "tag policies: 0 enabled tag policies where version 7 held 1")] // the last one: as a lost part looks
    [InlineData(4, 7, 1, 7, "policies: 1 enabled policies where version 7 held 4")] // tag policies make up for no others
    [InlineData(4, 1, 4, null, "tag policies: no tag service where version 7 had one with 1 enabled tag policies")]
    public void A_set_that_lost_its_tag_policies_shrank(int before, int ofTagsBefore, int now, int? ofTags, string loss)
    {
        var refusal = Assert.Throws<SyncException>(() =>
            PolicyGate.Accept(Tagged(now, ofTags), Baseline(before, ofTagsBefore), allowShrink: null));
        Assert.Equal(SyncErrorCode.PoliciesShrank, refusal.Code);
        Assert.Contains(loss, refusal.Message);
        Assert.Equal(now, PolicyGate.Accept(Tagged(now, ofTags), Baseline(before, ofTagsBefore), allowShrink: 8).EnabledPolicies);
    }

    [Fact]
    public void A_set_that_never_had_any_needs_no_tag_service() =>
        Assert.Equal(4, PolicyGate.Accept(Tagged(4, null), Baseline(4), allowShrink: null).EnabledPolicies);

    [Theory]
    [InlineData(6)] // a restored database
    [InlineData(7)] // changed without a new number
    public void The_version_may_be_lower_or_the_same(long version) =>
        Assert.Equal(version, PolicyGate.Accept(Download(version, 10), Baseline(10), allowShrink: null).Version);

    [Fact]
    public void The_same_content_serves_again() =>
        Assert.Equal(2, PolicyGate.Accept(Download(7, 2, stamp: "old"), Baseline(10), allowShrink: null).EnabledPolicies);

    [Fact]
    public void The_first_set_serves() => Assert.Equal(1, PolicyGate.Accept(Download(1, 1), last: null, allowShrink: null).EnabledPolicies);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 5)] // all disabled
    public void A_set_without_enabled_policies_never_serves(int enabled, int disabled)
    {
        var download = Download(8, enabled, disabled);
        Assert.Equal(SyncErrorCode.PoliciesUnavailable, Refusal(download, Baseline(10)));
        Assert.Equal(SyncErrorCode.PoliciesUnavailable, Refusal(download, last: null));
    }

    [Fact]
    public void A_download_that_is_only_a_header_is_refused()
    {
        var download = new PolicyDownload("new", new ServicePolicies { PolicyVersion = 8 }, null, null, null);
        Assert.Equal(SyncErrorCode.PoliciesUnavailable, Refusal(download, Baseline(10)));
    }

    [Fact]
    public void An_allowance_is_used_up_by_the_loss_that_it_allowed()
    {
        var allowed = PolicyGate.Accept(Download(8, 4, stamp: "first"), Baseline(10), allowShrink: 8);

        var again = Assert.Throws<SyncException>(() => PolicyGate.Accept(Download(8, 1, stamp: "second"), allowed, allowShrink: 8));

        Assert.Equal((SyncErrorCode.PoliciesShrank, true), (again.Code, again.Message.Contains("give the policies a new version", StringComparison.Ordinal)));
        Assert.Equal(1, PolicyGate.Accept(Download(9, 1, stamp: "second"), allowed, allowShrink: 9).EnabledPolicies);
        Assert.Equal(4, PolicyGate.Accept(Download(8, 4, stamp: "first"), allowed, allowShrink: 8).EnabledPolicies); // another silo, or a restart
    }

    private static (long, string, int) Held(PolicyBaseline baseline) => (baseline.Version, baseline.Stamp, baseline.EnabledPolicies);

    private static SyncErrorCode Refusal(PolicyDownload download, PolicyBaseline? last) =>
        Assert.Throws<SyncException>(() => PolicyGate.Accept(download, last, allowShrink: 8)).Code;

    private static PolicyBaseline Baseline(int enabled, int ofTags = 0) => new(7, "old", enabled, ofTags);

    private static PolicyDownload Tagged(int enabled, int? ofTags)
    {
        var download = Download(8, enabled);
        download.Policies.TagPolicies = ofTags is { } count
            ? new() { Policies = [.. Enumerable.Range(0, count).Select(_ => new RangerPolicy()), new RangerPolicy { IsEnabled = false }] } : null;
        return download;
    }

    private static PolicyDownload Download(long version, int enabled, int disabled = 0, string stamp = "new") => new(
        stamp,
        new ServicePolicies
        {
            PolicyVersion = version,
            Policies =
            [
                .. Enumerable.Range(0, enabled).Select(_ => new RangerPolicy()),
                .. Enumerable.Range(0, disabled).Select(_ => new RangerPolicy { IsEnabled = false }),
            ],
        },
        null, null, null);
}
