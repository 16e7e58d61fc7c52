using PolicySync.Testing.Language;

namespace PolicySync.Core.Tests.Desired;

/// <summary>MODIFY hands out INSERT, UPDATE and DELETE: it is granted to whom each is allowed, else those that are.</summary>
public sealed class PartsOfModify
{
    [Theory]
    [InlineData("main.sales.orders +ann:modify", "users=ann", "ann:MODIFY", "")]
    [InlineData("main.sales.orders +ann:insert,delete", "users=ann", "ann:DELETE ann:INSERT", "")]
    [InlineData("main.sales.orders +ann:modify,insert", "users=ann", "ann:MODIFY", "")]
    [InlineData("main.sales.orders +ann:modify -ann:modify", "users=ann", "", "")]
    [InlineData("main.sales.orders +ann:insert -ann:modify", "users=ann", "", "")] // denied as part of it
    [InlineData("main.sales.orders +ann:modify -ann:insert", "users=ann", "ann:DELETE ann:UPDATE", "?PRIVILEGE_NOT_APPLICABLE ann:MODIFY 1")]
    [InlineData("main.sales.orders +#g:modify -bob:modify", "#g=ann,bob", "ann:MODIFY", "?GROUP_EXPANDED #g:MODIFY 1")]
    [InlineData("main.sales.orders +#g:modify", "#g=ann,bob", "#g:MODIFY", "")]
    [InlineData("main.sales.orders +ann:modify,select -ann:delete", "users=ann", "ann:INSERT ann:SELECT ann:UPDATE", "?PRIVILEGE_NOT_APPLICABLE ann:MODIFY 1")]
    public void Who_may_not_do_all_of_it_gets_what_they_may(string policies, string world, string grants, string gaps) =>
        Desire.Is(Desire.Table, policies, world, grants, gaps);

    [Theory]
    [InlineData("VIEW", "main.sales.orders +ann:insert", "", "?PRIVILEGE_NOT_APPLICABLE ann:INSERT 1")]
    [InlineData("MANAGED", "main.sales.orders +ann:read_metadata", "ann:READ_METADATA", "")]
    public void Kinds_have_them_where_they_have_MODIFY(string kind, string policies, string grants, string gaps) =>
        Desire.Is(Desire.Table, policies, $"users=ann kind={kind}", grants, gaps);

    [Fact]
    public void A_gap_of_MODIFY_is_not_repeated_for_its_parts_where_policies_spell_the_principal_in_two_ways()
    {
        const string policies = """
            tag:pii +Ann@X.com:execute -%r:select,modify
            main.a in:z override +cat,#public:select,modify +dan:create_table -#h:select ~+#k,bob:select
            main.a in:z -#g:select,modify ~-#g:select,modify
            other +dan:select,modify +ann:select,modify override
            """;
        var world = new World(policies, "users=ann,bob,cat,dan #g=ann,bob,cat,#h #h=ann,bob,cat,#k #k=cat,dan,ann %r=#h zone:z=main expand=2");

        Assert.Contains("Ann@X.com:MODIFY", world.GapsOn("main.a"), StringComparison.Ordinal);
        Assert.DoesNotContain(":DELETE", world.GapsOn("main.a"), StringComparison.Ordinal);
    }
}
