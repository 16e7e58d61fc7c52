using System.Text.RegularExpressions;

namespace PolicySync.Cli.Tests.Support;

/// <summary>Files with what commands write. <c>POLICYSYNC_UPDATE=1</c> writes them.</summary>
internal static partial class Golden
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "PolicySync.Cli.Tests", "Golden");

    public static void AssertEqual(string name, string actual)
    {
        var path = Path.Combine(Folder, name + ".txt");
        if (Environment.GetEnvironmentVariable("POLICYSYNC_UPDATE") == "1")
        {
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{path} does not exist; POLICYSYNC_UPDATE=1 writes it");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    /// <summary>Ids, times and counts of calls, which differ from run to run, replaced.</summary>
    public static string Stable(string text) => Calls().Replace(Times().Replace(Ids().Replace(text, "TASK"), "TIME"), "\"calls\": N");

    [GeneratedRegex(@"\b\d{15,19}\b", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Ids();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[0-9:.]+(\+00:00|Z)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Times();

    [GeneratedRegex("\"calls\": \\d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Calls();
}
