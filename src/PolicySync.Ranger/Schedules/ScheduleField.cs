using System.Globalization;

namespace PolicySync.Ranger.Schedules;

/// <summary>
/// One field of a recurring schedule: <c>*</c>, numbers and ranges, apart by commas; blanks count for nothing. Source:
/// RangerValidityScheduleEvaluator.getPastFieldValueWithBorrow.
/// </summary>
internal sealed class ScheduleField
{
    private readonly List<(int From, int To)> _ranges = [];
    private readonly bool _isAny;
    private readonly int _least;
    private readonly int _most;

    /// <param name="text">The field.</param>
    /// <param name="least">The least value that the field can have.</param>
    /// <param name="most">The greatest.</param>
    /// <exception cref="FormatException">The text is neither of these.</exception>
    public ScheduleField(string? text, int least, int most)
    {
        (_least, _most) = (least, most);
        var specs = new string([.. (text ?? "").Where(c => !char.IsWhiteSpace(c))]).Split(',', StringSplitOptions.RemoveEmptyEntries);
        IsBlank = specs.Length == 0;
        foreach (var spec in specs)
        {
            var bounds = spec.Split('-');
            if (bounds.Contains("*"))
            {
                _isAny = true;
            }
            else
            {
                _ranges.Add((Number(bounds[0]), Number(bounds[^1])));
            }
        }
    }

    /// <summary>Whether nothing is given.</summary>
    public bool IsBlank { get; }

    /// <summary>Whether the field allows a value.</summary>
    public bool Fits(int value) => IsBlank || _isAny || _ranges.Exists(r => r.From <= value && value <= r.To);

    /// <summary>The largest allowed value up to a given one, wrapping around below the least; null when the field allows none.</summary>
    /// <param name="value">The value to begin at.</param>
    /// <param name="borrows">Whether a smaller field wrapped around, so that this one starts one step earlier.</param>
    /// <param name="top">Where to continue below the least; null for the greatest.</param>
    /// <returns>The value, and whether the search wrapped around; a blank field never wraps.</returns>
    public (int Value, bool Borrows)? AtOrBefore(int value, bool borrows, int? top = null)
    {
        value -= borrows ? 1 : 0;
        var wentRound = false;
        for (var step = _least; step <= _most; step++, value--)
        {
            if (value < _least)
            {
                (value, wentRound) = (top ?? _most, true);
            }

            if (Fits(value))
            {
                return (value, wentRound && !IsBlank);
            }
        }

        return null;
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
