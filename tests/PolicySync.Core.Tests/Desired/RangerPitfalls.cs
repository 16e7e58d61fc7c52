using PolicySync.Testing.Language;

namespace PolicySync.Core.Tests.Desired;

/// <summary>Where Ranger's ACL view differs from its evaluation, row by row (reference ranger.md §3.8). Evaluation decides.</summary>
public sealed class RangerPitfalls
{
    private const string Directory = "#interns=cat users=ann,bob";

    [Theory]
    [InlineData("A", "main.sales.orders +#public:select -bob:select", "ann:SELECT cat:SELECT", "?GROUP_EXPANDED #public:SELECT 1")]
    [InlineData("C", "main.sales.orders -bob:select ~-bob:select; main.sales.* +bob:select", "bob:SELECT", "")]
    [InlineData("D", "main.sales.orders +bob:select ~+bob:select; main.sales.* +bob:select", "bob:SELECT", "")]
    [InlineData("E", "main.sales.orders -bob:select?; main.sales.* +bob:select", "", "?CONDITION_UNSUPPORTED bob:SELECT 1")]
    [InlineData("F", "main.sales.orders until:2020-01-01 +bob:select", "", "")]
    [InlineData("G", "main.sales.orders +{OWNER}:select", "", "?OWNER_MACRO {OWNER}:SELECT 1")]
    [InlineData("J", "main.sales.orders override +#public:select; main.sales.* -bob:select", "#account_users:SELECT", "")]
    [InlineData("K", "main.sales.orders +cat:select; main.sales.* -#interns:select", "", "")]
    [InlineData("O", "main.sales.orders +bob,cat:select ~+#interns:select", "bob:SELECT", "")]
    [InlineData("P", "main.sales.orders only +%r1:select; main.sales.* +ann:select", "bob:SELECT", "")]
    public void Evaluation_decides_over_access_and_the_ACL_does_not(string row, string policies, string grants, string gaps)
    {
        Assert.NotEmpty(row);
        Desire.Is(Desire.Table, policies, Directory + " %r1=bob", grants, gaps);
    }
}
