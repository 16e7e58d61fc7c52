namespace PolicySync.Ranger.Tags;

/// <summary>
/// A form of dates, read as Java's SimpleDateFormat reads it when it is not lenient: a number takes all digits that follow,
/// blanks before it are skipped, text after the date is ignored, and a day or time that does not exist is not a date.
/// </summary>
internal sealed class TagDateForm
{
    private const char Quote = '\'';
    private const string Fields = "yMdHmsS";

    private readonly List<(bool IsField, char Symbol)> _parts = [];

    /// <param name="pattern">Letters of <c>yMdHmsS</c> for numbers, anything else for itself, letters in single quotes.</param>
    public TagDateForm(string pattern)
    {
        var isQuoted = false;
        foreach (var c in pattern)
        {
            if (c == Quote)
            {
                isQuoted = !isQuoted;
            }
            else if (isQuoted || !Fields.Contains(c, StringComparison.Ordinal))
            {
                _parts.Add((false, c));
            }
            else if (_parts.Count == 0 || _parts[^1] != (true, c))
            {
                _parts.Add((true, c));
            }
        }
    }

    /// <summary>Reads a local time; null when the text is of another form. Years beyond 9999 read as the last day of all.</summary>
    public DateTime? Read(string text)
    {
        var values = new Dictionary<char, int>();
        var at = 0;
        foreach (var (isField, symbol) in _parts)
        {
            if (isField)
            {
                if (Number(text, ref at) is not { } number)
                {
                    return null;
                }

                values[symbol] = number;
            }
            else if (at >= text.Length || text[at++] != symbol)
            {
                return null;
            }
        }

        return Of(values);
    }

    private static DateTime? Of(Dictionary<char, int> values)
    {
        int Value(char symbol, int absent) => values.GetValueOrDefault(symbol, absent);
        var (year, month, day) = (Value('y', 1970), Value('M', 1), Value('d', 1));
        var (hour, minute, second, millis) = (Value('H', 0), Value('m', 0), Value('s', 0), Value('S', 0));
        var isPossible = year >= 1 && month is >= 1 and <= 12 && day >= 1
            && day <= DateTime.DaysInMonth(year > 9999 ? 2000 + (year % 400) : year, month)
            && hour < 24 && minute < 60 && second < 60 && millis < 1000;
        return !isPossible ? null
            : year > 9999 ? DateTime.MaxValue.Date
            : new DateTime(year, month, day, hour, minute, second, millis);
    }

    private static int? Number(string text, ref int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t')
        {
            at++;
        }

        var (start, number) = (at, 0L);
        for (; at < text.Length && char.IsDigit(text[at]) && number <= int.MaxValue; at++)
        {
            number = (number * 10) + (long)char.GetNumericValue(text[at]);
        }

        // An exponent belongs to the number; no date is written with one.
        return at == start || number > int.MaxValue || (at < text.Length && text[at] == 'E') ? null : (int)number;
    }
}
