using System.Text.Json;
using System.Text.Json.Serialization;

namespace PolicySync.Core.Guards;

/// <summary>The readers that a branch of a guard names: any of these users, or a member of any of these groups.</summary>
public sealed record GuardReaders
{
    /// <summary>It names everyone.</summary>
    public bool Everybody { get; init; }

    /// <summary>Keys of users and service principals.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>Account groups.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];
}

/// <summary>One branch of a guard.</summary>
public sealed record GuardBranch
{
    /// <summary>The condition on who reads, in SQL.</summary>
    public required string When { get; init; }

    /// <summary>What they see, in SQL: the condition on a row, or the value that replaces the column's. Null: everything.</summary>
    public string? Shows { get; init; }

    /// <summary>Columns that <see cref="Shows"/> names.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>The readers that the condition asks for. It matches a reader named by each of these, unless <see cref="Others"/> is set.</summary>
    public IReadOnlyList<GuardReaders> Readers { get; init; } = [];

    /// <summary>
    /// Set when the condition is not a plain list: whether it matches readers that none of <see cref="Readers"/> names. For all
    /// other readers only the condition itself can decide.
    /// </summary>
    public bool? Others { get; init; }

    /// <summary>Whether it matches everyone.</summary>
    [JsonIgnore]
    public bool MeetsAll => Others is null && Readers.All(readers => readers.Everybody);
}

/// <summary>An ordered list of branches: the first that matches the reader decides, and a reader that none matches sees everything.</summary>
/// <param name="Branches">The branches.</param>
public sealed record GuardLayer(IReadOnlyList<GuardBranch> Branches)
{
    /// <summary>Everyone sees everything.</summary>
    public static GuardLayer Open { get; } = new([]);

    /// <summary>Whether everyone sees everything.</summary>
    [JsonIgnore]
    public bool IsOpen => Branches.All(branch => branch.Shows is null);

    /// <summary>Everyone sees the same.</summary>
    public static GuardLayer ForAll(string shows, IReadOnlyList<string> columns) => new([new GuardBranch
    {
        When = TruthTable.Always, Shows = shows, Columns = columns, Readers = [new GuardReaders { Everybody = true }],
    }]);

    /// <summary>Whether two layers have the same SQL.</summary>
    public bool Equals(GuardLayer? other) => other is not null
        && Branches.Select(branch => (branch.When, branch.Shows)).SequenceEqual(other.Branches.Select(branch => (branch.When, branch.Shows)));

    /// <inheritdoc/>
    public override int GetHashCode() => Branches.Count == 0 ? 0 : HashCode.Combine(Branches.Count, Branches[0].When, Branches[0].Shows);
}

/// <summary>
/// What a function of ours was created from: the layer that policy wanted, and layers of earlier policies kept for readers that
/// policy does not allow. Stored with the function, since its text does not show it.
/// </summary>
/// <param name="Own">The layer that policy wanted.</param>
/// <param name="Kept">The layers that are kept.</param>
/// <param name="Type">Type of the masked column; null for a row filter.</param>
public sealed record GuardContent(GuardLayer Own, IReadOnlyList<GuardLayer> Kept, string? Type)
{
    /// <summary>Longest text that is stored; longer content counts as unknown.</summary>
    public const int MaxText = 32 * 1024;

    /// <summary>All layers that restrict, each once.</summary>
    [JsonIgnore]
    public IReadOnlyList<GuardLayer> Layers => [.. Kept.Append(Own).Where(layer => !layer.IsOpen).Distinct()];

    /// <summary>As text, for state; null when it is too long.</summary>
    public string? ToText()
    {
        var text = JsonSerializer.Serialize(this, GuardJson.Default.GuardContent);
        return text.Length > MaxText ? null : text;
    }

    /// <summary>Reads the stored text; null when it is missing or cannot be read.</summary>
    public static GuardContent? Parse(string? text)
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize(text, GuardJson.Default.GuardContent);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The stored form.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(GuardContent))]
internal sealed partial class GuardJson : JsonSerializerContext;
