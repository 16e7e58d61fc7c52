using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Tests.Privileges;

public sealed class PrivilegeTests
{
    [Theory]
    [InlineData("select", "SELECT")]
    [InlineData(" Use Schema ", "USE_SCHEMA")]
    [InlineData("ALL PRIVILEGES", "ALL_PRIVILEGES")]
    [InlineData("never heard of", "NEVER_HEARD_OF")] // an open set
    public void Names_are_normalised_to_what_unity_catalog_returns(string name, string expected) =>
        Assert.Equal(expected, Privilege.Normalise(name));

    [Theory]
    [InlineData("USAGE", SecurableType.Catalog, "USE_CATALOG")]
    [InlineData("usage", SecurableType.Schema, "USE_SCHEMA")]
    [InlineData("CREATE", SecurableType.Catalog, "CREATE_SCHEMA")]
    [InlineData("CREATE", SecurableType.Schema, "CREATE_TABLE")]
    [InlineData("CREATE", SecurableType.Table, "CREATE")]
    public void Legacy_names_are_translated_as_the_server_does(string name, SecurableType on, string expected) =>
        Assert.Equal(expected, Privilege.Normalise(name, on));

    [Theory]
    [InlineData("SELECT", true)]
    [InlineData("NEWER_THAN_THIS_PROGRAM", true)]
    [InlineData("ALL_PRIVILEGES", false)]
    [InlineData("MANAGE", false)]
    [InlineData("EXTERNAL_USE_SCHEMA", false)]
    [InlineData("EXTERNAL_USE_LOCATION", false)]
    public void All_privileges_take_along_everything_but_manage_and_external_use(string privilege, bool implied) =>
        Assert.Equal(implied, Privilege.IsImpliedByAll(privilege));
}
