namespace PolicySync.Host.Api.Problems;

/// <summary>One fault of a request: an element of <c>errors</c> in its problem document.</summary>
/// <param name="Detail">What is wrong.</param>
/// <param name="Pointer">JSON Pointer (RFC 6901) into the body; null when the fault is not in the body.</param>
/// <param name="Parameter">Name of a query parameter; null when the fault is not in the query.</param>
/// <param name="Header">Name of a header; null when the fault is not in a header.</param>
internal sealed record Fault(string Detail, string? Pointer = null, string? Parameter = null, string? Header = null);

/// <summary>Collects the faults of a request, up to a bound.</summary>
internal sealed class FaultList
{
    /// <summary>Most faults that are listed. A body of 1 MiB could hold a hundred thousand.</summary>
    public const int Max = 1_000;

    private readonly List<Fault> _faults = [];

    public IReadOnlyList<Fault> Faults => _faults;

    public bool IsEmpty => _faults.Count == 0;

    public void Add(string pointer, string detail)
    {
        if (_faults.Count < Max)
        {
            _faults.Add(new Fault(detail, pointer));
        }
    }
}
