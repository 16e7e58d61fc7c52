using System.Globalization;
using PolicySync.Testing.Language;

namespace PolicySync.Core.Tests.Desired;

/// <summary>Every schedule that can change a desired state is one to wait for.</summary>
public sealed class NextChange
{
    [Theory]
    [InlineData(Desire.Table, "main.*.* until:2026-12-24 +ann:select", "", "2026-12-24")]
    [InlineData("main", "main.*.* until:2026-12-24 +ann:select", "", "2026-12-24")]
    [InlineData(Desire.Table, "main.hr.* until:2026-12-24 +ann:select", "", null)]
    [InlineData(Desire.Table, "main.*.* in:z until:2026-12-24 +ann:select", "zone:z=main.sales", "2026-12-24")]
    [InlineData("main", "main.*.* in:z until:2026-12-24 +ann:select", "zone:z=main.sales", "2026-12-24")] // what lies below is a zone's
    [InlineData("main", "main.*.* in:z until:2026-12-24 +ann:select", "zone:z=other", null)]
    [InlineData(Desire.Table, "tag:pii until:2026-12-24 +ann:select", "tag:main.sales=pii", "2026-12-24")]
    [InlineData(Desire.Table, "tag:pii until:2026-12-24 +ann:select", "other:main.sales.orders.id=pii", "2026-12-24")]
    [InlineData(Desire.Table, "tag:pii until:2026-12-24 +ann:select", "tag:main.hr=pii", null)]
    [InlineData("main", "tag:pii until:2026-12-24 -ann:select", "", "2026-12-24")] // anything below may come to be tagged
    [InlineData("main", "tag:pii in:z until:2026-12-24 -ann:select", "zone:z!=main.sales", "2026-12-24")]
    [InlineData(Desire.Table, "tag:pii -ann:select", "tag:main.sales=pii@2026-12-24", "2026-12-24")]
    [InlineData(Desire.Table, "tag:pii -ann:select", "other:main.sales=pii@2026-12-24", "2026-12-24")]
    public void The_next_change_is_the_earliest_boundary_of_a_schedule_or_a_tag(string securable, string policies, string world, string? expected)
    {
        var made = new World(policies, world);
        var change = made.Policies.NextChange(made.FactsOf(securable).Securable, World.Now, made.OtherTags);
        Assert.Equal(expected, change?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }
}
