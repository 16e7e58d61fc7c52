using PolicySync.Sequences.Tests.Judging;
using PolicySync.Sequences.Tests.Support;

namespace PolicySync.Sequences.Tests;

/// <summary>Sequences that the property once found, as short as they got. Each widened access at its last step.</summary>
public sealed class FoundSequences
{
    [Theory]
    [InlineData("the owner reads by ownership", """
        policy 3 c.s.t.ssn mask:#public=MASK
        sync c.s.t
        owner c.s.t #outer
        zone z c.s.t
        sync c.s.t
        """)]
    [InlineData("the schema hands SELECT down", """
        policy 3 c.s.t.id mask:#public=MASK
        sync c.s
        grant c.s ben SELECT
        policy 3
        policy 4 tag:pii +#public:select
        sync c
        """)]
    [InlineData("somebody whom the mask is for may manage the guards", """
        policy 2 c.s.t.id mask:#inner=MASK_NULL
        sync c.s.t
        policy 6 c.s.t.ssn mask:#public=MASK_NULL
        share MANAGE #inner
        policy 2 c.s.t +ana:select
        sync c.s.t
        """)]
    [InlineData("the mask's function was rewritten", """
        policy 2 c.s.t.id mask:#inner=MASK_NULL
        sync c.s.t
        rewrite eve
        policy 6 c.s.t +#public:select
        sync c.s.t
        """)]
    [InlineData("the guards' schema is somebody else's", """
        squat c ana
        policy 1 c.s.t +#inner:select
        policy 2 c.s.t.ssn mask:#inner=MASK_NULL
        sync c.s.t
        """)]
    [InlineData("all tags are lost", """
        tag c.s.t pii
        policy 1 c.s.t +#outer:select
        policy 2 tag:pii -#inner:select
        sync c.s.t
        lose tags={}
        sync c.s.t
        """)]
    [InlineData("denies are lost", """
        policy 4 c.s.t +#outer:select -#inner:select
        policy 5 c.s.u +#outer:select -#inner:select
        sync c.s
        lose denies
        sync c.s
        """)]
    public async Task Widens_nothing_any_more(string what, string steps)
    {
        using var worker = new Worker();
        var fault = await new Sequence(worker, Variant.Whole).RunAsync(steps.Split('\n', StringSplitOptions.TrimEntries));
        Assert.True(fault is null, $"{what}: {fault}");
    }

    // Whichever call it comes before: between the guard and the grant, too.
    [Theory]
    [InlineData("c.s.t")]
    [InlineData("c.s")]
    [InlineData("c")]
    public async Task Another_table_of_the_name_is_opened_to_nobody_whenever_it_comes(string target)
    {
        using var worker = new Worker();
        for (var call = 1; call <= 40; call++)
        {
            var fault = await new Sequence(worker, Variant.Whole).RunAsync(
            [
                "policy 1 c.s.t +#outer:select", "policy 2 c.s.t filter:#inner=FALSE", "policy 3 c.s.t.ssn mask:ben=MASK_NULL",
                $"sync {target} @{call}:recreate:c.s.t",
            ]);
            Assert.True(fault is null, $"before call {call}: {fault}");
        }
    }

    // Whichever call it comes before: between the look at who can read and the statement that drops the mask, too.
    [Fact]
    public async Task A_new_owner_is_shown_no_more_whenever_the_table_is_taken_over()
    {
        using var worker = new Worker();
        for (var call = 1; call <= 30; call++)
        {
            var fault = await new Sequence(worker, Variant.Whole).RunAsync(
            [
                "policy 1 c.s.t +cat:select", "policy 2 c.s.t.ssn mask:#inner=MASK_NULL", "sync c.s.t",
                "policy 2", $"sync c.s.t @{call}:owner:c.s.t:ana",
            ]);
            Assert.True(fault is null, $"before call {call}: {fault}");
        }
    }
}
