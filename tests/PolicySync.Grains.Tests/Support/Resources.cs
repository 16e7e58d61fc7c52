using PolicySync.Core;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Tests.Support;

/// <summary>Securables as text: <c>table main.sales.orders</c>.</summary>
internal static class Resources
{
    public static Securable Parse(string text)
    {
        var words = text.Split(' ');
        Assert.True(WireNames.TryParse<SecurableType>(words[0] == "view" ? "table" : words[0], out var type), text);
        return Securable.Parse(type, words[1]);
    }

    /// <summary>The same as a caller of the API names it.</summary>
    public static RequestedResource Requested(string text)
    {
        var words = text.Split(' ');
        var names = words[1].Split('.');
        return new RequestedResource(words[0], Parse(text).Type.Levels().Zip(names).ToDictionary(pair => pair.First, pair => pair.Second));
    }
}
