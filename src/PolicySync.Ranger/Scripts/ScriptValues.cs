using System.Globalization;

namespace PolicySync.Ranger.Scripts;

/// <summary>How JavaScript compares text, numbers, booleans and null.</summary>
internal static class ScriptValues
{
    public static bool IsTruthy(object? value) => value switch
    {
        null => false,
        bool flag => flag,
        double number => number != 0 && !double.IsNaN(number),
        string text => text.Length > 0,
        _ => true,
    };

    public static bool Compare(string symbol, object? left, object? right) => symbol switch
    {
        "===" => Equals(left, right),
        "!==" => !Equals(left, right),
        "==" => LooselyEqual(left, right),
        "!=" => !LooselyEqual(left, right),
        _ => Ordered(symbol, left, right),
    };

    private static bool LooselyEqual(object? left, object? right) =>
        left is null || right is null || left.GetType() == right.GetType()
            ? Equals(left, right)
            : Number(left).Equals(Number(right)) && !double.IsNaN(Number(left));

    private static bool Ordered(string symbol, object? left, object? right)
    {
        if (left is string leftText && right is string rightText)
        {
            return Holds(symbol, string.CompareOrdinal(leftText, rightText));
        }

        var (leftNumber, rightNumber) = (Number(left), Number(right));
        return !double.IsNaN(leftNumber) && !double.IsNaN(rightNumber) && Holds(symbol, leftNumber.CompareTo(rightNumber));
    }

    private static bool Holds(string symbol, int order) => symbol switch
    {
        "<" => order < 0,
        "<=" => order <= 0,
        ">" => order > 0,
        _ => order >= 0,
    };

    private static double Number(object? value) => value switch
    {
        null => 0,
        bool flag => flag ? 1 : 0,
        double number => number,
        string text when string.IsNullOrWhiteSpace(text) => 0,
        string text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN,
        _ => double.NaN,
    };
}
