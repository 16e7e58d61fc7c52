using System.IO.Compression;
using System.Text;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Sets;

/// <summary>
/// The policies of one download as their authors wrote them, packed: compiling a download rewrites it. Policies are unpacked one by one,
/// as there may be 100,000 of them. Immutable.
/// </summary>
/// <remarks>The packed form is gzip over lines of JSON: the download without its policies, then each policy with its place.</remarks>
public sealed class PolicySet
{
    private PolicySet(byte[] packed) => Packed = packed;

    /// <summary>The packed form.</summary>
    public byte[] Packed { get; }

    /// <summary>Packs the policies of a download, and leaves the download as it is.</summary>
    public static PolicySet Of(ServicePolicies policies)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            WriteLine(gzip, HeaderOf(policies));
            foreach (var entry in EntriesOf(policies))
            {
                WriteLine(gzip, new Line { Zone = entry.Zone, OfTags = entry.IsOfTags, Policy = entry.Policy });
            }
        }

        return new PolicySet(packed.ToArray());
    }

    /// <summary>Takes a packed form.</summary>
    public static PolicySet OfPacked(byte[] packed) => new(packed);

    /// <summary>The entries of a download: resource policies, those of zones, tag policies.</summary>
    public static IEnumerable<PolicyEntry> EntriesOf(ServicePolicies policies) =>
        (policies.Policies ?? []).Select(policy => new PolicyEntry(policy, null, IsOfTags: false))
            .Concat(policies.SecurityZones.SelectMany(zone => (zone.Value.Policies ?? []).Select(policy => new PolicyEntry(policy, zone.Key, IsOfTags: false))))
            .Concat((policies.TagPolicies?.Policies ?? []).Select(policy =>
                new PolicyEntry(policy, policy.ZoneName is { Length: > 0 } zone ? zone : null, IsOfTags: true)));

    /// <summary>The download without its policies: service definitions, zones, settings, version.</summary>
    public ServicePolicies ReadHeader()
    {
        using var lines = Open();
        return RangerJson.ReadPart<ServicePolicies>(Encoding.UTF8.GetBytes(lines.ReadLine() ?? ""));
    }

    /// <summary>The policies in the order of the download, unpacked while they are enumerated.</summary>
    public IEnumerable<PolicyEntry> ReadEntries() => Parse(ReadLines());

    /// <summary>The policies in the order of the download, each as the text of <see cref="Parse"/>. Equal policies have equal texts.</summary>
    internal IEnumerable<string> ReadLines()
    {
        using var lines = Open();
        lines.ReadLine();
        while (lines.ReadLine() is { } text)
        {
            yield return text;
        }
    }

    /// <summary>The policies of texts of <see cref="ReadLines"/>.</summary>
    internal static IEnumerable<PolicyEntry> Parse(IEnumerable<string> lines)
    {
        var parts = new RangerParts();
        return lines.Select(text => EntryOf(parts, text));
    }

    /// <summary>Some of the policies, each with its number in the order of the download, from 0. The others are not unpacked.</summary>
    public IEnumerable<(int Index, PolicyEntry Entry)> ReadEntries(IReadOnlySet<int> indexes)
    {
        var parts = new RangerParts();
        using var lines = Open();
        lines.ReadLine();
        for (var index = 0; lines.ReadLine() is { } text; index++)
        {
            if (indexes.Contains(index))
            {
                yield return (index, EntryOf(parts, text));
            }
        }
    }

    /// <summary>The whole download again.</summary>
    public ServicePolicies Read() => With(ReadHeader(), ReadEntries());

    /// <summary>Puts entries into a download that has none.</summary>
    /// <param name="header">The download without its policies; it is changed and returned.</param>
    /// <param name="entries">The policies.</param>
    /// <exception cref="RangerFormatException">A policy is in a zone, or of a tag service, that the download does not have.</exception>
    public static ServicePolicies With(ServicePolicies header, IEnumerable<PolicyEntry> entries)
    {
        header.Policies ??= [];
        foreach (var entry in entries)
        {
            var list = entry switch
            {
                { IsOfTags: true } => header.TagPolicies is { } tags ? tags.Policies ??= [] : null,
                { Zone: { } zone } => header.SecurityZones.TryGetValue(zone, out var known) ? known.Policies ??= [] : null,
                _ => header.Policies,
            };
            (list ?? throw new RangerFormatException(
                entry.IsOfTags ? "the set has no tag service" : $"the set has no security zone `{entry.Zone}`", "$")).Add(entry.Policy);
        }

        return header;
    }

    private static ServicePolicies HeaderOf(ServicePolicies policies) => new()
    {
        ServiceName = policies.ServiceName,
        ServiceId = policies.ServiceId,
        PolicyVersion = policies.PolicyVersion,
        PolicyUpdateTime = policies.PolicyUpdateTime,
        ServiceDef = policies.ServiceDef,
        ServiceConfig = policies.ServiceConfig,
        TagPolicies = policies.TagPolicies is { } tags
            ? new TagPolicies
            {
                ServiceName = tags.ServiceName, PolicyVersion = tags.PolicyVersion, ServiceDef = tags.ServiceDef, ServiceConfig = tags.ServiceConfig,
                Policies = tags.Policies is null ? null : [],
            }
            : null,
        SecurityZones = policies.SecurityZones.ToDictionary(
            zone => zone.Key,
            zone => new SecurityZoneInfo
            {
                ZoneName = zone.Value.ZoneName, Resources = zone.Value.Resources, ContainsAssociatedTagService = zone.Value.ContainsAssociatedTagService,
                Policies = zone.Value.Policies is null ? null : [],
            },
            StringComparer.Ordinal),
    };

    private static PolicyEntry EntryOf(RangerParts parts, string text)
    {
        var line = parts.Read<Line>(Encoding.UTF8.GetBytes(text));
        return new PolicyEntry(line.Policy, line.Zone, line.OfTags);
    }

    private static void WriteLine<T>(Stream to, T value)
    {
        to.Write(RangerJson.Write(value));
        to.WriteByte((byte)'\n');
    }

    private StreamReader Open() => new(new GZipStream(new MemoryStream(Packed, writable: false), CompressionMode.Decompress), Encoding.UTF8);

    /// <summary>A line of the packed form. Member names never change.</summary>
    private sealed class Line
    {
        public string? Zone { get; set; }

        public bool OfTags { get; set; }

        public RangerPolicy Policy { get; set; } = new();
    }
}
