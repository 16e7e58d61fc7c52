using System.Globalization;
using PolicySync.Core.Options;
using PolicySync.Testing.Language;
using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Permissions;

namespace PolicySync.Sequences.Tests.Language;

/// <summary>
/// Steps of a sequence as lines of text, so that a failure prints as what can be run again. What a step is about may be gone
/// by then; it does nothing then, so that any step can be left out.
/// <list type="bullet">
/// <item><c>option mode Exact</c>, <c>option maskDenied</c>, <c>option adopt</c>, <c>option protect ana</c>,
/// <c>option unmanaged #inner</c>, <c>option unmanaged-privilege SELECT</c>, <c>option no-use</c> configure the service.</item>
/// <item><c>policy 3 c.s.t +#outer:select</c> sets policy 3 (<see cref="PolicyText"/>), <c>policy 3</c> removes it; <c>tag c.s.t.ssn pii</c>,
/// <c>role r ana,#inner</c>, <c>zone z c.s</c>, <c>store ana old</c> likewise. <c>allow</c> lets the version serve however little it holds, unless a part of it
/// is lost.</item>
/// <item><c>lose tags</c> loses a part (<see cref="RangerSide.Losses"/>) of what was accepted, <c>restore</c> brings all back.</item>
/// <item><c>join inner ben</c>, <c>leave inner ben</c>, <c>owner c.s.t ana</c>, <c>grant c.s #outer SELECT</c>, <c>revoke c.s #outer SELECT</c>,
/// <c>rename c.s.t w</c>, <c>recreate c.s.t</c>, <c>drop c.s.t</c> are what others do.</item>
/// <item><c>squat c eve</c> makes the guards' schema, <c>seize schema eve</c> and <c>seize functions eve</c> change their owner,
/// <c>rewrite eve</c> opens all functions, <c>share MANAGE eve</c> grants on the guards' schemas.</item>
/// <item><c>wait 3600</c> seconds, <c>restart</c> of the service.</item>
/// <item><c>sync c.s.t</c> syncs, and is judged. Behind it, what befalls its calls: <c>@7:recreate:c.s.t</c> happens before call 7,
/// likewise <c>rename</c>, <c>owner</c>, <c>grant</c>; <c>@7:lost</c> its answer does not come, <c>@7:fails</c> it does not arrive,
/// <c>@7:damage:3</c> its answer is damaged in the third way.</item>
/// </list>
/// </summary>
internal static class Step
{
    public static bool IsSync(string step) => step.StartsWith("sync ", StringComparison.Ordinal);

    public static void Apply(Stage stage, string step)
    {
        var words = step.Split(' ');
        switch (words[0])
        {
            case "option": Configure(stage.Sync, words); break;
            case "policy": stage.Ranger.Policy(int.Parse(words[1], CultureInfo.InvariantCulture), string.Join(' ', words.Skip(2))); break;
            case "tag": stage.Ranger.Tag(words[1], Listed(words)); break;
            case "role": stage.Ranger.Role(words[1], Listed(words)); break;
            case "zone": stage.Ranger.Zone(words[1], words.ElementAtOrDefault(2) ?? ""); break;
            case "store": stage.Ranger.Store(PrincipalText.NameOf(words[1]), Listed(words)); break;
            case "allow" when !stage.Ranger.IsLossy: stage.Service.Policies.AllowShrink = stage.Ranger.Version; break;
            case "lose" when stage.Service.HasAccepted(stage.Ranger.Version): stage.Ranger.Lose(words[1]); break;
            case "restore": stage.Ranger.Restore(); break;
            case "wait": stage.Wait(TimeSpan.FromSeconds(int.Parse(words[1], CultureInfo.InvariantCulture))); break;
            case "restart": stage.Service.Restart(); break;
            case "allow" or "lose": break;
            default: ByOthers(stage, words); break;
        }
    }

    /// <summary>What somebody else does to the workspace.</summary>
    public static void ByOthers(Stage stage, string[] words)
    {
        var workspace = stage.Workspace;
        switch (words[0])
        {
            case "join" when stage.Principal('#' + words[1]) is { } group && stage.Principal(words[2]) is { } member && group != member:
                workspace.Principals.Join(group, member);
                break;
            case "leave" when stage.Principal('#' + words[1]) is { } group && stage.Principal(words[2]) is { } member:
                workspace.Principals.Leave(group, member);
                break;
            case "owner" when stage.Find(words[1]) is { } owned:
                workspace.SetOwner(owned, PrincipalText.NameOf(words[2]));
                break;
            case "grant" when stage.Find(words[1]) is { } on:
                Grant(stage, on, words[2], words[3], add: true);
                break;
            case "revoke" when stage.Find(words[1]) is { } on:
                Grant(stage, on, words[2], words[3], add: false);
                break;
            case "rename" when stage.Find(words[1]) is { } renamed && renamed.Parent!.Children(renamed.Family).Find(words[2]) is null:
                ObjectLifecycle.Rename(workspace, renamed, words[2]);
                break;
            case "recreate": stage.Recreate(words[1]); break;
            case "drop" when stage.Find(words[1]) is { } dropped: ObjectLifecycle.Drop(dropped, force: true); break;
            case "squat" or "seize" or "rewrite" or "share": Tamper(stage, words); break;
        }
    }

    private static void Grant(Stage stage, Securable on, string who, string privilege, bool add)
    {
        if (stage.Workspace.Principals.FindForGrant(PrincipalText.NameOf(who)) is { } principal)
        {
            var held = on.Grants.Current.Of(principal.Id);
            var name = PrivilegeNames.Normalise(privilege, on.Family);
            stage.Workspace.WriteGrants(on, on.Grants.Current.With(principal.Id, add ? held.Add(name) : held.Remove(name)));
        }
    }

    private static void Tamper(Stage stage, string[] words)
    {
        var who = words[^1];
        switch (words)
        {
            case ["squat", var catalog, _] when stage.Find(catalog) is { } found && found.Children(SecurableFamily.Schema).Find(stage.Sync.GuardSchema) is null:
                var state = new UnityCatalog.Emulator.State.SecurableState { Name = stage.Sync.GuardSchema, Owner = PrincipalText.NameOf(who) };
                ObjectLifecycle.Create(stage.Workspace, found, SecurableFamily.Schema, state, stage.Workspace.NextTime());
                break;
            case ["seize", "schema", _]:
                stage.GuardSchemas.ToList().ForEach(schema => stage.Workspace.SetOwner(schema, PrincipalText.NameOf(who)));
                break;
            case ["seize", "functions", _]:
                FunctionsOf(stage).ForEach(function => stage.Workspace.SetOwner(function, PrincipalText.NameOf(who)));
                break;
            case ["share", var privilege, _]:
                stage.GuardSchemas.ToList().ForEach(schema => Grant(stage, schema, who, privilege, add: true));
                break;
            case ["rewrite", _]:
                FunctionsOf(stage).ForEach(function => Open(stage, function));
                break;
        }
    }

    private static List<Securable> FunctionsOf(Stage stage) =>
        [.. stage.GuardSchemas.SelectMany(schema => schema.Children(SecurableFamily.Function).After(null))];

    // A filter that passes every row, a mask that returns its column: by somebody who may, be it an administrator.
    private static void Open(Stage stage, Securable function) => function.Details = function.Details with
    {
        Definition = string.Equals(function.Details.DataType, "boolean", StringComparison.OrdinalIgnoreCase)
            ? "true" : $"`{function.Details.Parameters![0].Name}`",
    };

    private static void Configure(SyncOptions sync, string[] words)
    {
        switch (words)
        {
            case ["option", "mode", var mode]: sync.Mode = Enum.Parse<SyncMode>(mode); break;
            case ["option", "maskDenied"]: sync.MaskDeniedColumns = true; break;
            case ["option", "adopt"]: sync.AdoptExisting = true; break;
            case ["option", "no-use"]: sync.ParentUse = false; break;
            case ["option", "protect", var who]: sync.Protected.Add(PrincipalText.NameOf(who)); break;
            case ["option", "unmanaged", var who]: sync.Managed.Principals.Exclude.Add(PrincipalText.NameOf(who)); break;
            case ["option", "unmanaged-privilege", var privilege]: sync.Managed.Privileges.Exclude.Add(privilege); break;
            default: throw new FormatException(string.Join(' ', words));
        }
    }

    private static string[] Listed(string[] words) => words.Length > 2 ? words[2].Split(',') : [];
}
