using PolicySync.Core.Policies.Comparing;
using PolicySync.Core.Policies.Sets;
using PolicySync.Ranger.Model;
using PolicySync.Testing.Language;

namespace PolicySync.Core.Tests.Policies.Comparing;

/// <summary>Sets out of the text of policies, and differences as lines of text.</summary>
internal static class Compared
{
    /// <summary>A set of policies as <see cref="PolicyText"/> has them, with a tag service and the zones hr and eu.</summary>
    public static ServicePolicies SetOf(string text) => SetOf(PolicyText.Read(text));

    public static ServicePolicies SetOf(IReadOnlyList<RangerPolicy> policies)
    {
        var set = new ServicePolicies
        {
            PolicyVersion = 7,
            ServiceDef = new() { Name = "uc", Resources = [new() { Name = "catalog" }], AccessTypes = [new() { Name = "select" }] },
            Policies = [],
            TagPolicies = new() { ServiceDef = new() { Name = "tag" }, Policies = [] },
            SecurityZones = new() { ["hr"] = Zone("hr"), ["eu"] = Zone("eu") },
            ServiceConfig = new() { ["a"] = "1" },
        };
        foreach (var policy in policies)
        {
            (PolicyText.IsOfTag(policy) ? set.TagPolicies.Policies : policy.ZoneName is { } zone ? set.SecurityZones[zone].Policies! : set.Policies).Add(policy);
        }

        return set;

        static SecurityZoneInfo Zone(string name) => new() { ZoneName = name, Resources = [new() { ["catalog"] = [name] }], Policies = [] };
    }

    public static PolicyDiff Diff(ServicePolicies old, ServicePolicies @new) => PolicyDiff.Of(PolicySet.Of(old), PolicySet.Of(@new));

    /// <summary>Every difference as a line, those of parts and items behind their policy; users without the end of their address.</summary>
    public static IEnumerable<string> Lines(PolicyDiff diff) => diff.SetParts.Select(Line).Concat(diff.Read(1_000, token: null).Policies.SelectMany(Lines))
        .Select(line => line.Replace("@x.com", "", StringComparison.Ordinal));

    public static IEnumerable<string> Lines(PolicyDifference policy) =>
    [
        $"{WireNames.Of(policy.Change)} {policy.Id} {policy.Name} {WireNames.Of(policy.Kind)}{(policy.Zone is null ? "" : $" in {policy.Zone}")}",
        .. policy.Parts.Select(part => $"  {Line(part)}"),
        .. policy.Items.SelectMany(item => item.Parts.Select(part => $"    {Line(part)}").Prepend(
            $"  {WireNames.Of(item.Change)} {WireNames.Of(item.Kind)} {item.Position}: {Change(item.Old, item.New)}")),
    ];

    private static string Line(PolicyPartDifference part) =>
        $"{WireNames.Of(part.Part)}: {Change(part.Old, part.New)}{Each('-', part.Removed)}{Each('+', part.Added)}";

    private static string Line(PolicySetPartDifference part) =>
        $"{WireNames.Of(part.Part)}{(part.Name is null ? "" : $" {part.Name}")}: {Change(part.Old, part.New)}{Each('-', part.Removed)}{Each('+', part.Added)}";

    private static string Change(string? old, string? @new) => $"{old ?? "nothing"} -> {@new ?? "nothing"}";

    private static string Each(char mark, IEnumerable<string> texts) => string.Concat(texts.Select(text => $" {mark}{text}"));
}
