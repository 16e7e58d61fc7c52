using System.Buffers.Binary;
using PolicySync.Core;
using PolicySync.Core.Drift;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Core.Suspensions;
using PolicySync.Core.Tasks;
using PolicySync.Host.Api.Problems;

namespace PolicySync.Host.Api.Drift;

/// <summary>Which differences are asked for.</summary>
internal sealed record DriftQuery(DriftKind? Kind, DriftState? State, NamePattern? Securable, string? Principal, Page Page)
{
    private const int KeyBytes = 16;
    private const int PlaceBytes = KeyBytes + sizeof(int);

    /// <summary>Reads the query, or returns its faults.</summary>
    public static (DriftQuery Query, IReadOnlyList<Fault> Faults) Read(IQueryCollection parameters)
    {
        var query = new QueryReader(parameters, "kind", "state", "securable", "principal", Page.SizeName, Page.TokenName);
        var read = new DriftQuery(
            query.Named<DriftKind>("kind"),
            query.Named<DriftState>("state"),
            query.Of("securable", static text => Suspension.FaultOfPattern(text) is null ? NamePattern.Parse(text) : null,
                "must be 1 to 3 names joined by dots, with `*` and `?` within a name"),
            query.Text("principal"),
            Page.Read(query));
        return (read, query.Faults);
    }

    /// <summary>Whether a difference is asked for.</summary>
    public bool Wants(DriftEntry entry, DateTimeOffset now) =>
        (Kind is null || entry.Difference.Kind == Kind)
        && (State is null || entry.StateAt(now) == State)
        && (Principal is null || (entry.Difference.Principal is { } principal && PrincipalKey.Of(principal) == PrincipalKey.Of(Principal)));

    /// <summary>Whether differences of a securable are asked for.</summary>
    public bool Wants(Securable securable) => Securable is null || Securable.Covers(securable);

    /// <summary>The token of the page that begins with a difference of a record.</summary>
    public string TokenOf(string key, int index)
    {
        Span<byte> place = stackalloc byte[PlaceBytes];
        Convert.FromHexString(key).CopyTo(place);
        BinaryPrimitives.WriteInt32BigEndian(place[KeyBytes..], index);
        return ListToken.Write(status: null, Filter, place);
    }

    /// <summary>Where the page begins; null when the token was not issued for this list.</summary>
    public (string? Key, int Index)? Begin()
    {
        if (Page.Token is not { } token)
        {
            return (null, 0);
        }

        Span<byte> place = stackalloc byte[PlaceBytes];
        return ListToken.TryRead(token, status: null, Filter, place)
            ? (Convert.ToHexStringLower(place[..KeyBytes]), BinaryPrimitives.ReadInt32BigEndian(place[KeyBytes..]))
            : null;
    }

    private string Filter => string.Join('|', "drift", Kind is { } kind ? WireNames.Of(kind) : "", State is { } state ? WireNames.Of(state) : "", Securable?.Key, Principal);
}
