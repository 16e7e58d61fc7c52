using System.Globalization;

namespace PolicySync.Ranger;

/// <summary>One field of a recurring schedule: <c>*</c>, numbers and ranges, apart by commas; blanks count for nothing.</summary>
internal sealed class ScheduleField
{
    private readonly List<(int From, int To)> _ranges = [];
    private readonly bool _isAny;

    /// <exception cref="FormatException">The text is neither of these.</exception>
    public ScheduleField(string? text)
    {
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

    /// <summary>Whether nothing is given, which fits everything where the field is not needed.</summary>
    public bool IsBlank { get; }

    public bool Fits(int value) => IsBlank || _isAny || _ranges.Exists(r => r.From <= value && value <= r.To);

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
