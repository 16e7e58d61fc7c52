using System.Text.Json;

namespace PolicySync.Core.Tests.Privileges;

/// <summary>
/// Reference data that lies beside the repository (<c>../shared/data</c>). A checkout alone has none: such tests are
/// then skipped, but not where <c>CI</c> is <c>true</c>, so that they cannot be skipped for ever without anyone seeing.
/// </summary>
internal static class SharedData
{
    private static readonly string? Folder = Find();

    public static string? SkipReason(string file) =>
        Folder is null && Environment.GetEnvironmentVariable("CI") != "true" ? $"../shared/data/{file} is not here" : null;

    public static JsonDocument Read(string file) => JsonDocument.Parse(File.ReadAllText(Path.Combine(
        Folder ?? throw new DirectoryNotFoundException("../shared/data is not beside the repository"), file)));

    private static string? Find()
    {
        var data = Path.Combine(Repository.Root, "..", "shared", "data");
        return Directory.Exists(data) ? data : null;
    }
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedDataFactAttribute : FactAttribute
{
    public SharedDataFactAttribute(string file) => Skip = SharedData.SkipReason(file);
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedDataTheoryAttribute : TheoryAttribute
{
    public SharedDataTheoryAttribute(string file) => Skip = SharedData.SkipReason(file);
}
