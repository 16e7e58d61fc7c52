namespace PolicySync.AzureTables.Tests.Harness;

/// <summary>One Azurite for all tests of this assembly; each test takes tables or keys of its own.</summary>
[CollectionDefinition(Name)]
public sealed class AzuriteCollection : ICollectionFixture<AzuriteFixture>
{
    public const string Name = "Azurite";
}
