using System.Text.Json;
using PolicySync.Core.Securables;
using PolicySync.Host.Api.Problems;

namespace PolicySync.Host.Api;

/// <summary>
/// The members of a request, and what becomes of others. A member that was meant to be one of these, but has another name or
/// another place, is a fault: a dry run that is not recognised would write. Any other member is ignored and named.
/// </summary>
internal sealed class RequestMembers(FaultList faults)
{
    /// <summary>Most ignored members that are named.</summary>
    public const int MaxIgnored = 100;

    private const string Info = "/requestInfo";

    private const string First = $"{Info}/resources/0";
    private const string SelfOnly = "selfOnly";

    private static readonly string[] SwitchesOfInfo = ["dryRun", "allowRevoke"];

    /// <summary>What decides whether and how much a task writes. Looked for at any depth of what is not known.</summary>
    private static readonly string[] Switches = [.. SwitchesOfInfo, SelfOnly];

    private static readonly string[] OfRoot = ["type", "requestInfo", "id", "appType", "appSubType", "source", "createTime"];
    private static readonly string[] OfInfo = ["resources", .. SwitchesOfInfo];
    private static readonly string[] OfResource = ["type", "values", SelfOnly];

    private readonly List<string> _ignored = [];

    /// <summary>Pointers of members that are not known, as far as they are named.</summary>
    public IReadOnlyList<string> Ignored => _ignored;

    public void CheckRoot(JsonElement root) => Check(root, JsonPointer.Root, OfRoot, name => name switch
    {
        _ when NearMiss.Of(name, OfInfo) is { } member => $"{Info}/{member}",
        _ when NearMiss.Of(name, ["values", SelfOnly]) is { } member => $"{First}/{member}",
        _ => null,
    });

    public void CheckInfo(JsonElement info) => Check(info, Info, OfInfo, name => name switch
    {
        _ when NearMiss.Of(name, OfResource) is { } member => $"{First}/{member}",
        _ when NearMiss.Of(name, OfRoot) is { } member => $"/{member}",
        _ => null,
    });

    public void CheckResource(JsonElement resource, string pointer) => Check(resource, pointer, OfResource, name => name switch
    {
        _ when NearMiss.Of(name, OfInfo) is { } member => $"{Info}/{member}",
        _ when NearMiss.Of(name, SecurableTypes.AllLevels) is { } level => $"{pointer}/values/{level}",
        _ when NearMiss.Of(name, OfRoot) is { } member => $"/{member}",
        _ => null,
    });

    /// <summary>The values of a resource are judged by the task; only a switch among them is a fault here.</summary>
    public void CheckValue(string name, string pointer)
    {
        if (!SecurableTypes.AllLevels.Contains(name) && NearMiss.Of(name, Switches) is { } member)
        {
            Refuse(pointer, PlaceOf(member));
        }
    }

    private static string PlaceOf(string member) => $"{(member == SelfOnly ? First : Info)}/{member}";

    private void Check(JsonElement element, string parent, string[] known, Func<string, string?> elsewhere)
    {
        foreach (var member in element.EnumerateObject())
        {
            if (known.Contains(member.Name, StringComparer.Ordinal))
            {
                continue;
            }

            var pointer = JsonPointer.Member(parent, member.Name);
            var meant = NearMiss.Of(member.Name, known) is { } here ? JsonPointer.Member(parent, here) : elsewhere(member.Name);
            if (meant is not null)
            {
                Refuse(pointer, meant);
            }
            else if (!HidesSwitch(member.Value, pointer) && _ignored.Count < MaxIgnored)
            {
                _ignored.Add(pointer);
            }
        }
    }

    private bool HidesSwitch(JsonElement value, string pointer)
    {
        var found = false;
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    var inner = JsonPointer.Member(pointer, member.Name);
                    if (NearMiss.Of(member.Name, Switches) is { } meant)
                    {
                        Refuse(inner, PlaceOf(meant));
                        found = true;
                    }
                    else
                    {
                        found |= HidesSwitch(member.Value, inner);
                    }
                }

                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var element in value.EnumerateArray())
                {
                    found |= HidesSwitch(element, JsonPointer.Element(pointer, index++));
                }

                break;
        }

        return found;
    }

    private void Refuse(string pointer, string meant) => faults.Add(pointer, $"is not a member of this object; send `{meant}`");
}
