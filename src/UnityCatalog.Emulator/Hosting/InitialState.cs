using System.Text.Json;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Hosting;

/// <summary>The state at start and after a reset: a file, or the sample inside this assembly.</summary>
internal static class InitialState
{
    private const string SampleResource = "sample-metastore.json";

    public static StateDocument Load(EmulatorOptions options)
    {
        using var stream = options.StateFile is { } file ? File.OpenRead(file) : OpenSample();
        var document = JsonSerializer.Deserialize(stream, EmulatorJson.Shared.StateDocument)
            ?? throw new InvalidDataException("the state is null");
        return document with { Tokens = [.. document.Tokens, .. options.Tokens.Select(token => ReadToken(token, document))] };
    }

    private static Stream OpenSample() => typeof(InitialState).Assembly.GetManifestResourceStream(SampleResource)
        ?? throw new InvalidOperationException($"{SampleResource} is missing from the assembly");

    private static TokenState ReadToken(string text, StateDocument document)
    {
        var parts = text.Split('=', 2);
        return parts.Length == 2 ? new TokenState(parts[0], parts[1])
            : document.Tokens is [var first, ..] ? new TokenState(text, first.Principal)
            : throw new InvalidDataException("--token needs TOKEN=PRINCIPAL, because the state has no token to follow");
    }
}
