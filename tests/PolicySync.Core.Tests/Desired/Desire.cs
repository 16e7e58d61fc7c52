using PolicySync.Testing.Language;

namespace PolicySync.Core.Tests.Desired;

/// <summary>Asserts on one securable's desired state, written as <see cref="World"/> shows it.</summary>
internal static class Desire
{
    public const string Table = "main.sales.orders";

    /// <summary>Grants and gaps are these, and no others.</summary>
    public static void Is(string securable, string policies, string world, string grants, string gaps) =>
        Assert.Equal($"{grants}\n{gaps.Replace("; ", "\n")}", Of(securable, policies, world));

    /// <summary>Grants are these, whatever the gaps.</summary>
    public static void Grants(string securable, string policies, string world, string grants) =>
        Assert.Equal(grants, new World(policies, world).GrantsOn(securable));

    private static string Of(string securable, string policies, string world)
    {
        var made = new World(policies, world);
        return $"{made.GrantsOn(securable)}\n{made.GapsOn(securable).Replace("; ", "\n")}";
    }
}
