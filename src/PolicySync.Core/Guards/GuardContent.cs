using System.Text.Json;
using System.Text.Json.Serialization;

namespace PolicySync.Core.Guards;

/// <summary>Readers whom a branch of a guard names: any of these users, or a member of any of these groups.</summary>
public sealed record GuardReaders
{
    /// <summary>It names everybody.</summary>
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

    /// <summary>What they see, in SQL: the condition on a row, or the value in place of the column's. Null: everything.</summary>
    public string? Shows { get; init; }

    /// <summary>Columns that <see cref="Shows"/> names.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Whom the condition asks for. It meets whoever is among each of these, unless <see cref="Others"/> is set.</summary>
    public IReadOnlyList<GuardReaders> Readers { get; init; } = [];

    /// <summary>
    /// Set when the condition is no plain list: whether it meets those who are among none of <see cref="Readers"/>. Of all
    /// others nobody can say without asking it.
    /// </summary>
    public bool? Others { get; init; }

    /// <summary>Whether it meets everybody.</summary>
    [JsonIgnore]
    public bool MeetsAll => Others is null && Readers.All(readers => readers.Everybody);
}

/// <summary>An ordered list of branches: the first that meets the reader decides, and whom none meets sees everything.</summary>
/// <param name="Branches">The branches.</param>
public sealed record GuardLayer(IReadOnlyList<GuardBranch> Branches)
{
    /// <summary>Everybody sees everything.</summary>
    public static GuardLayer Open { get; } = new([]);

    /// <summary>Whether everybody sees everything.</summary>
    [JsonIgnore]
    public bool IsOpen => Branches.All(branch => branch.Shows is null);

    /// <summary>Everybody sees the same.</summary>
    public static GuardLayer ForAll(string shows, IReadOnlyList<string> columns) => new([new GuardBranch
    {
        When = TruthTable.Always, Shows = shows, Columns = columns, Readers = [new GuardReaders { Everybody = true }],
    }]);

    /// <summary>Whether two say the same in the same words.</summary>
    public bool Equals(GuardLayer? other) => other is not null
        && Branches.Select(branch => (branch.When, branch.Shows)).SequenceEqual(other.Branches.Select(branch => (branch.When, branch.Shows)));

    /// <inheritdoc/>
    public override int GetHashCode() => Branches.Count == 0 ? 0 : HashCode.Combine(Branches.Count, Branches[0].When, Branches[0].Shows);
}

/// <summary>
/// What a function of ours was made from: what policy wanted, and what policies before wanted that is kept beside it for
/// readers whom policy does not let read. Kept with the function, since its text does not tell it.
/// </summary>
/// <param name="Own">What policy wanted.</param>
/// <param name="Kept">What is kept.</param>
/// <param name="Type">Type of the masked column; null of a row filter.</param>
public sealed record GuardContent(GuardLayer Own, IReadOnlyList<GuardLayer> Kept, string? Type)
{
    /// <summary>Longest text that is remembered; what is longer counts as not known.</summary>
    public const int MaxText = 32 * 1024;

    /// <summary>All that it says, each once.</summary>
    [JsonIgnore]
    public IReadOnlyList<GuardLayer> Layers => [.. Kept.Append(Own).Where(layer => !layer.IsOpen).Distinct()];

    /// <summary>As text, for state; null when it is too long.</summary>
    public string? ToText()
    {
        var text = JsonSerializer.Serialize(this, GuardJson.Default.GuardContent);
        return text.Length > MaxText ? null : text;
    }

    /// <summary>From text; null when there is none, or it cannot be read.</summary>
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
