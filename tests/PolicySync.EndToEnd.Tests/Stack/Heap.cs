namespace PolicySync.EndToEnd.Tests.Stack;

/// <summary>A managed heap after a collection, in bytes.</summary>
/// <param name="Live">What objects take, as <c>GC.GetTotalMemory(true)</c> counts: what a leak would raise.</param>
/// <param name="Size">The same with the holes between them, which large answers leave and later ones fill.</param>
internal sealed record Heap(double Live, double Size)
{
    private const double Mebi = 1024 * 1024;

    public double LiveMebi => Live / Mebi;

    public override string ToString() => $"{LiveMebi:F1} MiB ({Size / Mebi:F1} with the holes between objects)";
}
