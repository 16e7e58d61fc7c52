namespace PolicySync.AzureTables.Tests.Harness;

/// <summary>One Azurite for all tests of this assembly; each test uses its own tables or keys.</summary>
[CollectionDefinition(Name)]
public sealed class AzuriteCollection : ICollectionFixture<AzuriteFixture>
{
    public const string Name = "Azurite";
}
