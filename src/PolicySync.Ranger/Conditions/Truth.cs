namespace PolicySync.Ranger.Conditions;

/// <summary>Whether something holds, if that is known.</summary>
internal enum Truth
{
    False,
    True,
    Unknown,
}

internal static class TruthTable
{
    /// <summary>Whether both hold. False wins over unknown, because the unknown part then makes no difference.</summary>
    public static Truth And(this Truth left, Truth right) =>
        left == Truth.False || right == Truth.False ? Truth.False
        : left == Truth.Unknown ? Truth.Unknown
        : right;

    public static Truth Of(bool value) => value ? Truth.True : Truth.False;
}
