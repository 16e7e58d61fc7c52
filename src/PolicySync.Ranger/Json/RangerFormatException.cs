namespace PolicySync.Ranger.Json;

/// <summary>Text that is not what Ranger hands out. Nothing was read from it.</summary>
public sealed class RangerFormatException(string message, string path, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Where in the document, as a JSON path, for example <c>$.policies[3].resources</c>; <c>$</c> when unknown.</summary>
    public string Path { get; } = path;
}
