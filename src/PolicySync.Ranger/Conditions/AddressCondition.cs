namespace PolicySync.Ranger;

/// <summary>
/// The request comes from one of some addresses, of which trailing parts may be stars (Ranger's RangerIpMatcher). It
/// holds for a request without an address, and without values.
/// </summary>
internal sealed class AddressCondition(RangerCondition condition) : Condition
{
    public override string Description => $"condition `{condition.Type}` is known only at a request";

    public override Truth Evaluate(in Asker asker) =>
        asker.Facts is not { } facts ? Truth.Unknown
        : facts.ClientAddress is not { } address || condition.Values.Count == 0 ? Truth.True
        : TruthTable.Of(condition.Values.Exists(value => Fits(address, value)));

    // A value ends in stars, or it is a whole address; a star further in fits nothing.
    private static bool Fits(string address, string value)
    {
        var start = value.TrimEnd('*', '.', ':');
        return start.Length == 0
            || (value[^1] == '*'
                ? address.StartsWith(value[..(start.Length + 1)], StringComparison.OrdinalIgnoreCase)
                : address.Equals(value, StringComparison.OrdinalIgnoreCase));
    }
}
