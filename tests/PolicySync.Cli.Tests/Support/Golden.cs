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

    /// <summary>Ids, times, ages, stamps and counts of calls, which differ from run to run, replaced.</summary>
    public static string Stable(string text) => Calls().Replace(Times().Replace(Ids().Replace(text, "TASK"), "TIME"), "\"calls\": N").Sets();

    private static string Sets(this string text) =>
        Stamps().Replace(Seen().Replace(Ages().Replace(text, "\"ageSeconds\": N"), "seen in the source N ago"), "\"${name}\": \"DIGEST\"");

    [GeneratedRegex("\"ageSeconds\": \\d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Ages();

    [GeneratedRegex("\"(?<name>stamp|content)\": \"[0-9a-f]{64}\"", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Stamps();

    [GeneratedRegex("seen in the source .+? ago", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Seen();

    [GeneratedRegex(@"\b\d{15,19}\b", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Ids();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[0-9:.]+(\+00:00|Z)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Times();

    [GeneratedRegex("\"calls\": \\d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Calls();
}
