namespace PolicySync.Ranger.Conditions;

/// <summary>Whether something holds, if that can be told at all.</summary>
internal enum Truth
{
    False,
    True,
    Unknown,
}

internal static class TruthTable
{
    /// <summary>Both hold: false wins over unknown, for what cannot be evaluated changes nothing then.</summary>
    public static Truth And(this Truth left, Truth right) =>
        left == Truth.False || right == Truth.False ? Truth.False
        : left == Truth.Unknown ? Truth.Unknown
        : right;

    public static Truth Of(bool value) => value ? Truth.True : Truth.False;
}
