using PolicySync.Core.Access;
using PolicySync.Core.Guards;
using PolicySync.Core.Tasks;
using PolicySync.RowFiltersAndMasks.Tests.Support;

namespace PolicySync.RowFiltersAndMasks.Tests;

/// <summary>Which metastore admins read a guarded table in the clear against policy, as far as the directory tells.</summary>
[Collection(LabTests.Name)]
public sealed class WhatAdminsSee(Lab lab)
{
    [Theory]
    [InlineData("eve@x.com", "#inner", true)] // who is in eu by a nested group
    [InlineData("EVE@x.com", "eve@x.com", true)]
    [InlineData("eve@x.com", "#account users", true)]
    [InlineData("eve@x.com", "#mixed", false)]
    [InlineData("eve@x.com", "Bob@X.com", false)]
    [InlineData("cat@x.com", "cat@x.com", false)] // no guard is for cat
    [InlineData("eu", "#account users", true)]
    [InlineData("eu", "Bob@X.com", true)]
    [InlineData("eu", "#inner", true)]
    [InlineData("inner", "#eu", true)]
    [InlineData("eu", "cat@x.com", false)]
    [InlineData("mixed", "Bob@X.com", true)]
    [InlineData("mixed", "cat@x.com", false)] // the only admin who reads is not restricted
    [InlineData("mixed", "#inner", false)]
    [InlineData("open", "Bob@X.com", true)] // lists somebody whom the directory does not, and bob
    [InlineData("open", "cat@x.com", false)]
    [InlineData("open", "#open", true)]
    [InlineData("nowhere", "#nowhere", true)] // not listed, but known to read
    [InlineData("nowhere", "#account users", false)]
    public async Task An_admin_who_can_read_and_whom_the_guard_would_restrict_is_told(string owner, string reader, bool isTold)
    {
        var gap = GapOf(await CompileAsync(Filtered()), owner, reader);

        Assert.Equal(isTold, gap is not null);
        if (gap is not null)
        {
            Assert.Equal((GapCode.OwnerAccess, GapDirection.Exposed, owner, "SELECT"), (gap.Code, gap.Direction, gap.Principal, gap.Privilege));
            Assert.Contains($"`{reader.TrimStart('#')}` holds SELECT on table", gap.Detail, StringComparison.Ordinal);
            Assert.Contains("the row filter does not apply to them", gap.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Only_what_the_admin_would_not_see_is_named()
    {
        var guards = await CompileAsync(Filtered().Mask("ssn", ("dan@x.com", "MASK")));

        Assert.Contains("the mask of column `ssn` does not", GapOf(guards, "dan@x.com", "dan@x.com")!.Detail, StringComparison.Ordinal);
        Assert.Contains("the row filter does not", GapOf(guards, "Bob@X.com", "Bob@X.com")!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_told_where_the_owner_is_not_known_or_the_table_has_no_guards()
    {
        Assert.Null(GapOf(await CompileAsync(Filtered()), null, "#eu"));
        Assert.True(MetastoreAdmins.Matter(await CompileAsync(Filtered())));
        Assert.False(MetastoreAdmins.Matter(await CompileAsync(New())));
        Assert.Null(GapOf(await CompileAsync(New()), "eu", "#eu"));
    }

    private static Gap? GapOf(TableGuards guards, string? owner, string reader) => MetastoreAdmins.GapOf(
        guards, People().Directory, owner,
        [new StandingReader(reader.TrimStart('#'), AccessPath.Grant, "SELECT", guards.Table.Facts.Securable)]);

    private async Task<TableGuards> CompileAsync(Case @case)
    {
        await lab.PrepareAsync(@case, Data.People);
        return @case.Compile(await lab.ReadShapeAsync(@case));
    }

    private static Case Filtered() => New().Filter(("#eu", "Region = 'EU'"));

    private static Case New()
    {
        var account = People();
        account.Groups.RemoveAll(group => group.Name == "open");
        return new Case { Account = account }.Allow("#eu", "dan@x.com");
    }

    private static Account People()
    {
        var account = new Account();
        account.Users.AddRange(["ann@x.com", "Bob@X.com", "cat@x.com", "dan@x.com", "eve@x.com"]);
        account.Groups.Add(("inner", ["eve@x.com"], false));
        account.Groups.Add(("eu", ["Bob@X.com", "inner"], false));
        account.Groups.Add(("mixed", ["Bob@X.com", "cat@x.com"], false));
        account.Groups.Add(("open", ["Bob@X.com", "ghost@x.com"], false));
        return account;
    }
}
