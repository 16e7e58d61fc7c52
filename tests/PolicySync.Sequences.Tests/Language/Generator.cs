namespace PolicySync.Sequences.Tests.Language;

/// <summary>Makes sequences by chance, from few names, so that things meet.</summary>
internal sealed class Generator(Random random)
{
    private static readonly string[] Losable = [.. RangerSide.Losses.Keys];

    private readonly List<string> _steps = [];

    /// <summary>The steps of a seed, without what is not to happen.</summary>
    public static IReadOnlyList<string> Steps(int seed, Kind kinds)
    {
        var made = new Generator(new Random(seed));
        made.Make();
        return [.. made._steps.Select(step => Kinds.Keep(kinds, step)).OfType<string>()];
    }

    private void Make()
    {
        Maybe(3, Option);
        Maybe(6, Option);
        Maybe(5, () => $"role r {Who(principals: true).Replace("%r", "ben")}");
        Maybe(8, () => $"zone z {Pick("c.s", "c.s.t", "c.s.t")}");
        Maybe(8, () => $"store {User()} {Pick("old", "inner")}");
        Maybe(3, () => $"tag {Pick("c.s.t", "c.s.t.ssn", "c.s.t.ssn", "c.s", "c.s.t.region")} pii");
        _steps.Add($"policy 1 {Pick("c.s.t", "c.s.t", "*.*.*", "c.s.*", "c.s")} +{Who()}:select");
        for (var number = 2; number < 3 + random.Next(4); number++)
        {
            _steps.Add($"policy {number} {Policy()}");
        }

        Maybe(2, Standing);
        Maybe(4, Standing);
        Maybe(12, Tampering);
        _steps.Add($"sync {Pick("c.s.t", "c.s.t", "c.s.t", "c.s")}");
        for (var round = 1 + random.Next(3); round > 0; round--)
        {
            for (var changes = 1 + random.Next(3); changes > 0; changes--)
            {
                Change();
            }

            _steps.Add(Sync());
        }
    }

    private void Change()
    {
        switch (random.Next(24))
        {
            case < 8: ChangePolicies(); break;
            case < 11: _steps.Add(Standing()); break;
            case < 13: _steps.Add($"{Pick("join", "leave")} {Group()[1..]} {Pick("ana", "ben", "cat", "eve", "#inner", "#outer")}"); break;
            case 13: _steps.Add($"owner {Path()} {Pick("ana", "ben", "#inner", "#outer", "sync")}"); break;
            case 14: _steps.Add(Rename()); break;
            case 15: _steps.Add($"{Pick("recreate", "recreate", "drop")} {Table()}"); break;
            case 16: _steps.Add($"lose {Losable[random.Next(Losable.Length)]}"); break;
            case 17: _steps.Add("restore"); break;
            case < 20: _steps.Add(Tampering()); break;
            case 20: _steps.Add(Pick("restart", "wait 86400", "wait 3600")); break;
            case 21: _steps.Add($"tag {Pick("c.s.t", "c.s.t.ssn", "c.s")}{Pick("", " pii", " pii", " old")}"); break;
            case 22: _steps.Add($"role r {Pick("ana", "#inner", "ben", "#outer", "cat,#inner")}"); break;
            default: _steps.Add(Pick("zone z", "zone z c.s", "zone z c.s.t", "store ana old", "store ana")); break;
        }
    }

    private void ChangePolicies()
    {
        for (var changes = 1 + random.Next(3); changes > 0; changes--)
        {
            var number = 1 + random.Next(6);
            _steps.Add(random.Next(5) < 2 ? $"policy {number}" : $"policy {number} {Policy()}");
        }

        if (random.Next(3) > 0)
        {
            _steps.Add("allow");
        }
    }

    private string Policy() => random.Next(16) switch
    {
        < 4 => $"{Resource()} +{Who()}:select{Perhaps(3, () => $" -{Who()}:select")}{Perhaps(6, () => $" ~-{Who()}:select")}{Ends()}",
        < 6 => $"{Resource()} -{Who()}:select{Perhaps(3, () => $" ~-{Who()}:select")}{Perhaps(8, () => " override")}{Ends()}",
        < 9 => $"{Table()} filter:{Who()}={Filter()}{Perhaps(2, () => $" filter:{Who()}={Filter()}")}{Ends()}",
        < 12 => $"{Table()}.{Pick("ssn", "ssn", "region", "id")} mask:{Who()}={Mask()}{Perhaps(2, () => $" mask:{Who()}={Mask()}")}{Ends()}",
        12 => $"{Table()}.{Pick("ssn", "region", "*")} {Pick("+", "-", "-")}{Who()}:select",
        13 => $"tag:{Pick("pii", "pii", "old")} {Pick("-", "-", "+")}{Who()}:select",
        14 => $"tag:pii {Pick($"mask:{Who()}={Mask()}", $"filter:{Who()}={Filter()}")}",
        _ => $"{Pick("c", "c.s")} +{Who()}:{Pick("select", "use_schema", "all", "select,modify", "create_schema")}",
    } + (random.Next(10) == 0 ? " in:z" : "");

    private string Ends() => random.Next(12) == 0 ? $" {Pick("until:2026-11-24", "until:2026-11-24", "from:2026-11-24")}" : "";

    private string Resource() => Pick("c.s.t", "c.s.t", "c.s.t", "c.s.*", "*.*.*", "c.s.u", "c.s.t|w", "c|d.s.t", "c.s", "c");

    private string Standing() => $"{Pick("grant", "grant", "grant", "revoke")} {Path()} {Who(principals: true)} "
        + Pick("SELECT", "SELECT", "SELECT", "ALL_PRIVILEGES", "MANAGE", "USE_SCHEMA", "USE_CATALOG", "MODIFY");

    private string Rename() => Pick("rename c.s.t w", "rename c.s.t w", "rename c.s r", "rename c d", "rename c.s.w t", "rename c.r s", "rename d c");

    private string Tampering() => Pick(
        "squat c eve", "squat c ana", "seize schema eve", "seize functions eve", "seize functions ana", "rewrite eve",
        "share MANAGE eve", "share MANAGE #inner", "share ALL_PRIVILEGES ana");

    private string Option() => $"option {Pick("mode Additive", "mode Exact", "mode Exact", "maskDenied", "maskDenied", "adopt", "protect ben",
        "unmanaged #inner", "unmanaged ana", "unmanaged-privilege SELECT", "no-use")}";

    private string Sync()
    {
        var sync = $"sync {Pick("c.s.t", "c.s.t", "c.s.t", "c.s.t", "c.s.u", "c.s", "c.s.w", random.Next(2) == 0 ? "c" : "d")}";
        for (var troubles = random.Next(8) - 5; troubles > 0; troubles--)
        {
            sync += $" @{1 + random.Next(30)}:" + random.Next(8) switch
            {
                0 or 1 => $"damage:{random.Next(1000)}",
                2 => "lost",
                3 => "fails",
                4 or 5 => $"recreate:{Pick("c.s.t", "c.s.t", "c.s.u")}",
                6 => Rename().Replace(' ', ':'),
                _ => Pick("owner:c.s.t:ana", "grant:c.s.t:#inner:SELECT", "grant:c.s:#outer:SELECT", "squat:c:eve"),
            };
        }

        return sync;
    }

    private string Who(bool principals = false) => Pick(
        "#inner", "#inner", "#inner", "#outer", "#outer", "#outer", "#all", "ana", "ana", "ben", "cat", "eve",
        principals ? "account_users!" : "#public", principals ? "ana" : "%r", principals ? "#all" : "#local", principals ? "ben" : "#old");

    private string Group() => Pick("#inner", "#outer", "#all", "#local");

    private string User() => Pick("ana", "ben", "cat", "eve");

    private string Table() => Pick("c.s.t", "c.s.t", "c.s.t", "c.s.u");

    private string Path() => Pick("c.s.t", "c.s.t", "c.s.t", "c.s", "c.s", "c", "c.s.u", "d.s.t", "c.s.w");

    private string Filter() => Pick("region='EU'", "id>1", "FALSE", "");

    private string Mask() => Pick("MASK_NULL", "MASK", "MASK_SHOW_LAST_4", "MASK_NONE");

    private string Pick(params ReadOnlySpan<string> from) => from[random.Next(from.Length)];

    private string Perhaps(int oneIn, Func<string> word) => random.Next(oneIn) == 0 ? word() : "";

    private void Maybe(int oneIn, Func<string> step)
    {
        if (random.Next(oneIn) == 0)
        {
            _steps.Add(step());
        }
    }
}
