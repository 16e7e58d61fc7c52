using System.Globalization;

namespace PolicySync.Core.Tasks;

/// <summary>
/// A task's id: a positive 64-bit number, ordered by time, shown as decimal text of up to 19 digits (it is above 2^53,
/// so JSON clients get it as a string). Layout, high to low: 41 bits of milliseconds since <see cref="Epoch"/>,
/// 6 bits of lane (the partition of the task store), 16 bits that distinguish tasks of one millisecond and lane.
/// </summary>
public readonly record struct TaskId(long Value) : IComparable<TaskId>
{
    /// <summary>Bits of the lane.</summary>
    public const int LaneBits = 6;

    /// <summary>Number of lanes; a task's lane never changes, so this number is part of the stored layout.</summary>
    public const int Lanes = 1 << LaneBits;

    /// <summary>Bits that distinguish tasks of one millisecond and lane.</summary>
    public const int SequenceBits = 16;

    /// <summary>Where the milliseconds count from; fixed permanently.</summary>
    public static readonly DateTimeOffset Epoch = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The partition that the task lives in, 0 to 63.</summary>
    public int Lane => (int)((Value >> SequenceBits) & (Lanes - 1));

    /// <summary>When the id was made, to the millisecond.</summary>
    public DateTimeOffset Time => Epoch.AddMilliseconds(Value >> (LaneBits + SequenceBits));

    /// <summary>Makes an id.</summary>
    /// <param name="time">Not before <see cref="Epoch"/>.</param>
    /// <param name="lane">0 to 63.</param>
    /// <param name="sequence">0 to 65,535.</param>
    public static TaskId Create(DateTimeOffset time, int lane, int sequence)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, Epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(lane);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(lane, Lanes);
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sequence, 1 << SequenceBits);
        var milliseconds = (long)(time - Epoch).TotalMilliseconds;
        return new TaskId((milliseconds << (LaneBits + SequenceBits)) | ((long)lane << SequenceBits) | (uint)sequence);
    }

    /// <summary>The greatest id of the millisecond of <paramref name="time"/>.</summary>
    public static TaskId LastOf(DateTimeOffset time) => Create(time, Lanes - 1, (1 << SequenceBits) - 1);

    /// <summary>
    /// Reads decimal digits in the one form in which ids are printed: no sign, no leading zero, no white space.
    /// </summary>
    public static bool TryParse(string? text, out TaskId id)
    {
        id = default;
        if (text is null or { Length: 0 or > 19 } || text[0] == '0' || !text.All(char.IsAsciiDigit)
            || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        id = new TaskId(value);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(TaskId other) => Value.CompareTo(other.Value);

    /// <summary>Decimal digits.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
