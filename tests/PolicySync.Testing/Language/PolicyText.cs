using PolicySync.Ranger.Model;

namespace PolicySync.Testing.Language;

/// <summary>
/// Policies as text, one a line (or parted by <c>;</c>), numbered from 1: resources, then items.
/// <list type="bullet">
/// <item><c>main.sales.orders</c> catalog, schema, table; a fourth name is a column. <c>fn:</c>, <c>vol:</c>, <c>model:</c>
/// before it for other types. <c>a|b</c> two values, <c>!a|b</c> all but these, <c>/</c> parts resource sets.
/// <c>tag:pii</c> instead makes a tag policy.</item>
/// <item><c>+ann,#sales,%reader:select,modify</c> allows; <c>-</c> denies; <c>~+</c> excepts from what is allowed, <c>~-</c>
/// from what is denied. <c>all</c> is all_privileges. A last <c>?</c> is a condition that cannot be evaluated.</item>
/// <item><c>mask:#sales=MASK_NULL</c>, <c>filter:#sales=a&lt;1</c>; an empty filter shows every row.</item>
/// <item><c>only</c> denies everybody else, <c>override</c> goes first, <c>off</c> is disabled, <c>when?</c> is a condition on the
/// whole policy, <c>if:expression=…</c> is one of a type, <c>in:hr</c> puts it in a security zone, <c>from:</c> and <c>until:2026-12-31</c> limit it, <c>someday</c> is a schedule that nobody can read.</item>
/// </list>
/// </summary>
public static class PolicyText
{
    private static readonly char[] Lines = ['\n', ';'];

    public static List<RangerPolicy> Read(string text) =>
        [.. text.Split(Lines, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ReadLine)];

    private static RangerPolicy ReadLine(string line, int index)
    {
        var policy = new RangerPolicy { Id = index + 1, Name = $"p{index + 1}" };
        foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            Read(word, policy);
        }

        return IsOfTag(policy) ? OfService(policy) : policy;
    }

    /// <summary>Whether it is a policy of the tag service.</summary>
    public static bool IsOfTag(RangerPolicy policy) => policy.Resources.ContainsKey("tag");

    // Tag policies are for many services: what they name says for which.
    private static RangerPolicy OfService(RangerPolicy policy)
    {
        var masks = policy.DataMaskPolicyItems;
        foreach (var access in policy.PolicyItems.Concat(policy.DenyPolicyItems).Concat(policy.AllowExceptions).Concat(policy.DenyExceptions)
                     .Concat(masks).Concat(policy.RowFilterPolicyItems).SelectMany(item => item.Accesses))
        {
            access.Type = World.Service + access.Type;
        }

        masks.ForEach(mask => mask.DataMaskInfo!.DataMaskType = World.Service + mask.DataMaskInfo.DataMaskType);
        return policy;
    }

    private static void Read(string word, RangerPolicy policy)
    {
        switch (word)
        {
            case "only": policy.IsDenyAllElse = true; break;
            case "override": policy.PolicyPriority = 1; break;
            case "off": policy.IsEnabled = false; break;
            case "when?": policy.Conditions.Add(Unknown()); break;
            case "someday": policy.ValiditySchedules.Add(new() { StartTime = "some day" }); break;
            case var _ when After(word, "if:") is { } condition:
                policy.Conditions.Add(new() { Type = condition.Split('=', 2)[0], Values = [condition.Split('=', 2)[1]] });
                break;
            case var _ when After(word, "in:") is { } zone: policy.ZoneName = zone; break;
            case var _ when After(word, "tag:") is { } tag: policy.Resources = new() { ["tag"] = new() { Values = [.. tag.Split('|')] } }; break;
            case var _ when After(word, "from:") is { } from: policy.ValiditySchedules.Add(new() { StartTime = Midnight(from) }); break;
            case var _ when After(word, "until:") is { } until: policy.ValiditySchedules.Add(new() { EndTime = Midnight(until) }); break;
            case var _ when After(word, "mask:") is { } mask: ReadMask(mask, policy); break;
            case var _ when After(word, "filter:") is { } filter: ReadFilter(filter, policy); break;
            case var _ when After(word, "~+") is { } item: policy.AllowExceptions.Add(ReadItem(item)); break;
            case var _ when After(word, "~-") is { } item: policy.DenyExceptions.Add(ReadItem(item)); break;
            case var _ when After(word, "+") is { } item: policy.PolicyItems.Add(ReadItem(item)); break;
            case var _ when After(word, "-") is { } item: policy.DenyPolicyItems.Add(ReadItem(item)); break;
            default: ReadResources(word, policy); break;
        }
    }

    private static void ReadResources(string word, RangerPolicy policy)
    {
        var sets = word.Split('/').Select(Resources).ToList();
        policy.Resources = sets[0];
        policy.AdditionalResources = [.. sets.Skip(1)];
    }

    /// <summary>One set of resources: level to values.</summary>
    public static Dictionary<string, RangerPolicyResource> Resources(string path)
    {
        var (third, names) = ("table", path);
        foreach (var (prefix, level) in new[] { ("fn:", "function"), ("vol:", "volume"), ("model:", "model") })
        {
            (third, names) = After(path, prefix) is { } rest ? (level, rest) : (third, names);
        }

        string[] levels = ["catalog", "schema", third, "column"];
        return names.Split('.').Select((values, depth) => (Level: levels[depth], Resource: new RangerPolicyResource
        {
            Values = [.. values.TrimStart('!').Split('|')],
            IsExcludes = values.StartsWith('!'),
        })).ToDictionary(pair => pair.Level, pair => pair.Resource);
    }

    private static RangerPolicyItem ReadItem(string text) => ReadItem<RangerPolicyItem>(text);

    private static T ReadItem<T>(string text)
        where T : RangerPolicyItem, new()
    {
        var colon = text.LastIndexOf(':');
        var (who, what) = (text[..colon], text[(colon + 1)..]);
        var item = new T
        {
            Accesses = [.. what.TrimEnd('?').Split(',').Select(type => new RangerAccess { Type = type == "all" ? "all_privileges" : type })],
        };
        foreach (var name in who.Split(','))
        {
            (name[0] switch { '#' => item.Groups, '%' => item.Roles, _ => item.Users }).Add(PrincipalText.NameOf(name));
        }

        if (what.EndsWith('?'))
        {
            item.Conditions.Add(Unknown());
        }

        return item;
    }

    private static void ReadMask(string text, RangerPolicy policy)
    {
        var (who, mask) = (text[..text.IndexOf('=')], text[(text.IndexOf('=') + 1)..]);
        var item = ReadItem<RangerDataMaskPolicyItem>($"{who}:select{(mask.EndsWith('?') ? "?" : "")}");
        item.DataMaskInfo = new() { DataMaskType = mask.TrimEnd('?') };
        policy.PolicyType = RangerPolicy.DataMaskType;
        policy.DataMaskPolicyItems.Add(item);
    }

    private static void ReadFilter(string text, RangerPolicy policy)
    {
        var (who, filter) = (text[..text.IndexOf('=')], text[(text.IndexOf('=') + 1)..]);
        var item = ReadItem<RangerRowFilterPolicyItem>($"{who}:select{(filter.EndsWith('?') ? "?" : "")}");
        item.RowFilterInfo = new() { FilterExpr = filter.TrimEnd('?') };
        policy.PolicyType = RangerPolicy.RowFilterType;
        policy.RowFilterPolicyItems.Add(item);
    }

    private static RangerCondition Unknown() => new() { Type = "moon-phase", Values = ["full"] };

    private static string Midnight(string day) => $"{day.Replace('-', '/')} 00:00:00";

    private static string? After(string word, string prefix) =>
        word.StartsWith(prefix, StringComparison.Ordinal) ? word[prefix.Length..] : null;
}
