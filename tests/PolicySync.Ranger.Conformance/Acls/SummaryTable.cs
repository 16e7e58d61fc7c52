namespace PolicySync.Ranger.Conformance.Acls;

/// <summary>The parts of a policy in the order in which a summary takes them in.</summary>
internal enum SummaryPart
{
    Deny,
    DenyException,
    Allow,
    AllowException,
}

/// <summary>A policy's results for the principals of one kind, as numbers that its items add to and subtract from.</summary>
internal sealed class SummaryTable
{
    public const int Denied = -1;
    public const int Undetermined = 0;
    public const int Allowed = 1;
    public const int Conditional = 2;

    private readonly Dictionary<string, Dictionary<string, int>> _values = new(StringComparer.Ordinal);

    /// <summary>Principal, access type and value.</summary>
    public IEnumerable<(string Name, string Access, int Value)> All =>
        _values.SelectMany(v => v.Value.Select(a => (v.Key, a.Key, a.Value)));

    /// <summary>Adds one item.</summary>
    public void Add(string name, string access, SummaryPart part, bool isConditional)
    {
        var accesses = AccessesOf(name);
        if (!accesses.TryGetValue(access, out var before))
        {
            if (part is SummaryPart.Allow or SummaryPart.Deny)
            {
                accesses.Add(access, isConditional ? Conditional : part == SummaryPart.Allow ? Allowed : Denied);
            }

            return;
        }

        accesses[access] = isConditional
            ? before == Undetermined ? Conditional : before
            : Combine(before, part);
    }

    /// <summary>The access types on which a principal has a plain yes or no.</summary>
    public IReadOnlyList<string> DecidedFor(string name) =>
        _values.TryGetValue(name, out var accesses)
            ? [.. accesses.Where(a => a.Value is Allowed or Denied).Select(a => a.Key)]
            : [];

    /// <summary>Forgets an access type, except for one principal, and the principals with none left.</summary>
    public void Drop(string access, string? except)
    {
        foreach (var (name, accesses) in _values)
        {
            if (name == except)
            {
                continue;
            }

            accesses.Remove(access);
            if (accesses.Count == 0)
            {
                _values.Remove(name);
            }
        }
    }

    /// <summary>Denies each principal what it has no word on.</summary>
    public void DenyOpen(IReadOnlyList<string> all)
    {
        foreach (var accesses in _values.Values)
        {
            foreach (var access in accesses.Where(a => a.Value == Undetermined).Select(a => a.Key).Concat(all).ToList())
            {
                if (accesses.GetValueOrDefault(access) == Undetermined)
                {
                    accesses[access] = Denied;
                }
            }
        }
    }

    /// <summary>Whether every principal but one is denied.</summary>
    public bool AllDenied(string access, string? except) =>
        _values.All(v => v.Key == except || v.Value.GetValueOrDefault(access) == Denied);

    public void AddMissing(string name, string access, int value) => AccessesOf(name).TryAdd(access, value);

    private static int Combine(int before, SummaryPart part) => part switch
    {
        SummaryPart.Deny or SummaryPart.AllowException when before == Conditional => Denied,
        SummaryPart.Allow when before == Conditional => Allowed,
        _ when before == Conditional => before,
        SummaryPart.Deny => Math.Max(before - 1, Denied),
        SummaryPart.AllowException => Math.Max(before - 1, Undetermined),
        SummaryPart.Allow => Math.Min(before + 1, Allowed),
        _ => Math.Min(before + 1, Undetermined),
    };

    private Dictionary<string, int> AccessesOf(string name)
    {
        if (!_values.TryGetValue(name, out var accesses))
        {
            accesses = new Dictionary<string, int>(StringComparer.Ordinal);
            _values.Add(name, accesses);
        }

        return accesses;
    }
}
