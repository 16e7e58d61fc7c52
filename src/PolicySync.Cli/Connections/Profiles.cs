using System.Text.Json;
using System.Text.Json.Serialization;

namespace PolicySync.Cli.Connections;

/// <summary>An address and how to authenticate there: a file with a token, or a token.</summary>
internal sealed record Profile(string Url, string? TokenFile, string? Token)
{
    // A record prints its members; a token must never be printed.
    public override string ToString() => Url;
}

/// <summary>The profiles of a user: a file that only the user can read.</summary>
internal sealed class Profiles(string folder)
{
    public const string Default = "default";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public string FilePath => Path.Combine(folder, "profiles.json");

    public Profile? Find(string name) => Read().GetValueOrDefault(name);

    public void Save(string name, Profile profile)
    {
        var all = Read();
        all[name] = profile;
        Directory.CreateDirectory(folder);
        WriteSecret(FilePath, JsonSerializer.Serialize(all, Json) + "\n");
    }

    /// <summary>Writes a file that only its owner can read, and replaces one that is there.</summary>
    public static void WriteSecret(string path, string text)
    {
        // A reader never sees a half of the new file.
        var next = path + ".new";
        using (var file = PrivateFile.Create(next))
        {
            file.Write(text);
        }

        File.Move(next, path, overwrite: true);
    }

    private Dictionary<string, Profile> Read()
    {
        if (!File.Exists(FilePath))
        {
            return new(StringComparer.Ordinal);
        }

        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, Profile>>(File.ReadAllText(FilePath), Json) ?? [];
        }
        catch (JsonException)
        {
            throw new CliException($"the profiles in {FilePath} cannot be read", "correct or delete the file, and run `policysync login` again");
        }
    }
}
