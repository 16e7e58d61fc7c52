using System.Diagnostics;
using System.Globalization;

namespace PolicySync.Benchmarks;

/// <summary>
/// A million users and 100,000 policies in a process that has the memory of the chart's silo: the directory, the first
/// version, and a second that is read and compiled while the first still serves. It fails when that does not fit.
/// </summary>
internal static class InputsBenchmark
{
    public const string Child = "inputs-in-limits";

    /// <summary><c>silo.resources.limits.memory</c> of the chart.</summary>
    public const long Limit = 2L << 30;

    /// <summary>What .NET takes of a container's memory for its heap, unless told otherwise.</summary>
    private const double HeapShare = 0.75;

    public static async Task<int> RunAsync(TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("policysync-inputs-").FullName;
        try
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{InputsChild.Users:N0} users in {InputsChild.GroupsEach} of {InputsChild.Groups:N0} groups each, {InputsChild.Policies:N0} policies, "
                + $"in {Limit >> 20:N0} MiB of memory, {HeapShare:P0} of it for the heap"));
            using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, Arguments(folder))
            {
                Environment =
                {
                    ["DOTNET_GCHeapHardLimit"] = ((long)(Limit * HeapShare)).ToString("X", CultureInfo.InvariantCulture),
                    ["DOTNET_gcConcurrent"] = "1",
                    ["DOTNET_TieredCompilation"] = "1",
                },
            })!;
            await child.WaitForExitAsync();
            output.WriteLine(child.ExitCode == 0 ? "it fits" : "it does not fit");
            return child.ExitCode == 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Run by `dotnet X.dll` or by its own launcher.
    private static IEnumerable<string> Arguments(string folder) =>
        string.Equals(Path.GetFileNameWithoutExtension(Environment.ProcessPath), "dotnet", StringComparison.OrdinalIgnoreCase)
            ? [typeof(InputsBenchmark).Assembly.Location, Child, folder]
            : [Child, folder];
}
