using FsCheck;
using FsCheck.Fluent;
using PolicySync.Core.Options;
using PolicySync.Core.Planning;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Principals;

namespace PolicySync.Core.Tests.Planning;

/// <summary>One case for the planner, in the words of <see cref="Notation"/>, so that a failure can become a row.</summary>
public sealed record Scenario(string Mode, string Desired, string Current, string Ours)
{
    public const string Service = "svc";

    public static readonly IReadOnlySet<string> Untouchable = new HashSet<string> { Service, "boss@x.com", "admin" };

    private static readonly string[] Living = ["ann@x.com", "Ann@X.com", "sales", "Sales", Service, "boss@x.com", "admin"];
    private static readonly string[] Privileges = ["ALL", "SELECT", "MODIFY", "MANAGE", "EXT", "USE_SCHEMA", "FLY", "BROWSE"];

    internal PlanRequest Request(PlanScope scope = PlanScope.Full)
    {
        var options = new SyncOptions();
        options.Managed.Principals.Exclude.Add("admin");
        options.Managed.Privileges.Exclude.Add("BROWSE");
        return new()
        {
            Facts = Notation.Schema with { Owner = "Boss@x.com" },
            Desired = Notation.Desired(Desired),
            Current = Notation.Current(Current),
            Ledger = Notation.Owned(Ours),
            Mode = Enum.Parse<SyncMode>(Mode),
            Managed = new Managed(options),
            Protected = new HashSet<string> { Service },
            Scope = scope,
        };
    }

    /// <summary>FsCheck finds generators as static members of a type given to a property.</summary>
    public static class Generator
    {
        public static Arbitrary<Scenario> Scenarios()
        {
            var desired = Grants(Living);
            var current = Grants([.. Living.Where(name => name != "Ann@X.com"), "#7", "#8"]);
            var scenarios =
                from mode in Gen.Elements("Additive", "Owned", "Exact")
                from wanted in desired
                from present in current
                from mine in Gen.SubListOf<string>(present)
                from stale in desired.Resize(2)
                select new Scenario(mode, Join(wanted), Join(present), Join(mine.Concat(stale)));
            return Arb.From(scenarios, Smaller);
        }

        private static Gen<List<string>> Grants(string[] names) =>
            (from name in Gen.Elements(names)
             from privilege in Gen.Elements(Privileges)
             select $"{name}:{privilege}").ListOf().Select(words => words.Distinct().ToList());

        private static IEnumerable<Scenario> Smaller(Scenario scenario) =>
            Less(scenario.Desired).Select(less => scenario with { Desired = less })
                .Concat(Less(scenario.Current).Select(less => scenario with { Current = less }))
                .Concat(Less(scenario.Ours).Select(less => scenario with { Ours = less }));

        private static IEnumerable<string> Less(string text)
        {
            var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return words.Select((_, i) => Join(words.Where((_, j) => j != i)));
        }

        private static string Join(IEnumerable<string> words) => string.Join(' ', words);
    }

    internal static bool IsUntouchable(string principal) => Untouchable.Contains(PrincipalKey.Of(principal));
}
