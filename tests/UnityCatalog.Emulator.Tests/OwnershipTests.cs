namespace UnityCatalog.Emulator.Tests;

/// <summary>Who reads a table through ownership and administration, and to whom guards apply.</summary>
public class OwnershipTests
{
    private const string Ana = "ana.analyst@example.com";
    private const string Refused = "refused";
    private const string Raw = "1|secret";
    private const string Masked = "1|***";

    /// <summary>What ana is given beside USE_CATALOG on main, and what she reads of a table with a mask for everybody.</summary>
    [Theory]
    [InlineData("", Refused)]
    [InlineData("ALTER TABLE main.people.t OWNER TO `ana.analyst@example.com`", Refused)] // no USE SCHEMA
    [InlineData("ALTER TABLE main.people.t OWNER TO `ana.analyst@example.com`; GRANT USE SCHEMA ON SCHEMA main.people TO `ana.analyst@example.com`", Masked)]
    [InlineData("ALTER SCHEMA main.people OWNER TO `ana.analyst@example.com`", Refused)]
    [InlineData("ALTER CATALOG main OWNER TO `ana.analyst@example.com`", Refused)]
    [InlineData("ALTER SCHEMA main.people OWNER TO `ana.analyst@example.com`; GRANT SELECT ON TABLE main.people.t TO `ana.analyst@example.com`", Masked)]
    [InlineData("ALTER CATALOG main OWNER TO `ana.analyst@example.com`; GRANT SELECT ON TABLE main.people.t TO `ana.analyst@example.com`", Refused)] // no USE SCHEMA
    [InlineData("GRANT MANAGE ON CATALOG main TO `ana.analyst@example.com`; GRANT USE SCHEMA ON CATALOG main TO `ana.analyst@example.com`", Refused)]
    [InlineData("GRANT ALL PRIVILEGES ON CATALOG main TO `ana.analyst@example.com`", Masked)]
    [InlineData("GRANT ALL PRIVILEGES ON SCHEMA main.people TO `ana.analyst@example.com`", Masked)]
    [InlineData("GRANT SELECT, USE SCHEMA ON SCHEMA main.people TO `ana.analyst@example.com`", Masked)]
    [InlineData("ALTER TABLE main.people.t OWNER TO `analysts`; GRANT USE SCHEMA ON SCHEMA main.people TO `data-consumers`", Masked)] // by groups
    public async Task Containers_owners_and_MANAGE_do_not_read_and_guards_apply_to_owners(string given, string reads)
    {
        await using var emulator = await StartAsync();
        foreach (var statement in given.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            await emulator.RunAsync(statement);
        }

        Assert.Equal(reads, await ReadAsync(emulator, Ana));
    }

    [Fact]
    public async Task The_owner_of_a_container_may_give_themselves_what_they_lack()
    {
        await using var emulator = await StartAsync();
        await emulator.RunAsync($"ALTER CATALOG main OWNER TO `{Ana}`");

        await emulator.RunAsync($"GRANT SELECT, USE SCHEMA ON CATALOG main TO `{Ana}`", Emulator.Analyst);

        Assert.Equal(Masked, await ReadAsync(emulator, Ana));
    }

    [Fact]
    public async Task A_metastore_admin_does_not_read_by_that_and_no_guard_applies_to_them_when_they_do()
    {
        await using var emulator = await StartAsync();
        await emulator.AdminAsync("PUT", "/securables/table/main.people.t", """{"owner":"otto.owner@example.com"}""");
        await emulator.AdminAsync("PUT", "/securables/metastore/x", """{"owner":"analysts"}""");
        Assert.Equal(Refused, await ReadAsync(emulator, Ana));

        await emulator.RunAsync($"GRANT SELECT, USE SCHEMA ON SCHEMA main.people TO `{Ana}`", Emulator.Analyst);

        Assert.Equal(Raw, await ReadAsync(emulator, Ana));
        Assert.Equal(Refused, await ReadAsync(emulator, "fay.analyst@example.com"));
    }

    private static async Task<Emulator> StartAsync()
    {
        var emulator = await Emulator.StartAsync();
        await emulator.RunAsync("GRANT CREATE SCHEMA ON CATALOG main TO `mia.metastore@example.com`");
        await emulator.RunAsync("CREATE SCHEMA main.people");
        await emulator.RunAsync("CREATE TABLE main.people.t (id int, ssn string)");
        await emulator.RunAsync("CREATE FUNCTION main.people.stars(v string) RETURNS string RETURN '***'");
        await emulator.RunAsync("ALTER TABLE main.people.t ALTER COLUMN ssn SET MASK main.people.stars");
        await emulator.AdminAsync("PUT", "/securables/table/main.people.t", """{"rows":[["1","secret"]]}""");
        return emulator;
    }

    private static async Task<string> ReadAsync(Emulator emulator, string principal)
    {
        var answer = await emulator.AdminAsync("POST", "/query", $$"""{"principal":"{{principal}}","table":"main.people.t"}""");
        return (bool)answer["allowed"]! ? string.Join('|', answer["rows"]![0]!.AsArray().Select(value => (string?)value)) : Refused;
    }
}
