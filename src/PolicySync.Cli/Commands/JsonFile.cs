using System.Text.Json;

namespace PolicySync.Cli.Commands;

/// <summary>Files with JSON that commands read.</summary>
internal static class JsonFile
{
    /// <summary>Reads a file; null without one.</summary>
    public static async Task<JsonElement?> ReadAsync(string? path, CancellationToken cancellation)
    {
        if (path is null)
        {
            return null;
        }

        try
        {
            return JsonElement.Parse(await File.ReadAllBytesAsync(path, cancellation));
        }
        catch (JsonException e)
        {
            throw new CliException($"{path} is not JSON: {e.Message}", "give a file with JSON, as Ranger's download has it");
        }
    }
}
