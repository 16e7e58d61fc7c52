using System.Reflection;

namespace PolicySync.Host;

/// <summary>The version of this build, such as <c>1.2.3</c> or, between two tags, <c>1.2.4-alpha.0.17</c>.</summary>
internal static class ProductVersion
{
    /// <summary>The version without the commit, which the build appends behind a plus sign.</summary>
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
