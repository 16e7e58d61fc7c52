using System.Text.RegularExpressions;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Conditions;

/// <summary>
/// The request comes from one of some addresses, of which trailing parts may be stars (Ranger's RangerIpMatcher). It
/// holds for a request without an address, and without values.
/// </summary>
internal sealed partial class AddressCondition : Condition
{
    private readonly string? _type;
    private readonly bool _isForAny;
    private readonly List<string> _addresses = [];
    private readonly List<string> _beginnings = [];

    public AddressCondition(RangerCondition condition)
    {
        _type = condition.Type;
        _isForAny = condition.Values.Count == 0 || condition.Values.Exists(value => value.Length == 0 || OnlyStars().IsMatch(value));
        foreach (var value in condition.Values)
        {
            // A prefix ends before the trailing stars. An IPv6 prefix is in lower case, and a
            // value that is not so itself counts as a beginning too.
            var beginning = value.Contains('.', StringComparison.Ordinal)
                ? TrailingStars4().Replace(value, ".")
                : TrailingStars6().Replace(value, ":").ToLowerInvariant();
            (beginning == value ? _addresses : _beginnings).Add(beginning);
        }
    }

    public override string Description => $"condition `{_type}` can only be evaluated for a request";

    public override Truth Evaluate(in Asker asker) =>
        asker.Facts is not { } facts ? Truth.Unknown
        : TruthTable.Of(_isForAny || facts.ClientAddress is not { } address || Fits(address));

    private bool Fits(string address)
    {
        var lower = address.ToLowerInvariant();
        var compared = address.Contains('.', StringComparison.Ordinal) ? address : lower;
        return _addresses.Contains(compared)
            || _beginnings.Exists(beginning => compared.StartsWith(beginning, StringComparison.Ordinal) || lower.StartsWith(beginning, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^(\*(\.\*)*|\*(:\*)*)$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex OnlyStars();

    [GeneratedRegex(@"(\.\*)+$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex TrailingStars4();

    [GeneratedRegex(@"(:\*)+$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex TrailingStars6();
}
