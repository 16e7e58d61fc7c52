using PolicySync.Core.Principals;
using PolicySync.Ranger.Model;

namespace PolicySync.Benchmarks;

/// <summary>Users, groups that nest, and roles; the same at every size.</summary>
internal static class People
{
    /// <summary>Users that policies name themselves. Those after them are in roles.</summary>
    public const int NamedUsers = 1_800;

    /// <summary>Groups that policies name themselves. Those after them are in roles.</summary>
    public const int NamedTeams = 100;

    public const int Roles = 100;
    public const int Divisions = 20;
    private const int Users = NamedUsers + (2 * Roles);
    private const int Teams = NamedTeams + Roles;
    private const int TeamSize = 20;

    public static PrincipalSnapshot Directory()
    {
        var random = new Random(17);
        var users = Enumerable.Range(0, Users).Select(i => new DirectoryMember($"u{i}", User(i), Active: true)).ToList();
        var teams = Enumerable.Range(0, Teams).Select(i => new DirectoryGroup(
            $"t{i}", Team(i), IsAccountGroup: true, [.. Enumerable.Range(0, TeamSize).Select(_ => $"u{random.Next(Users)}").Distinct()]));
        var divisions = Enumerable.Range(0, Divisions).Select(i => new DirectoryGroup(
            $"d{i}", Division(i), IsAccountGroup: true, [.. Enumerable.Range(0, Teams).Where(team => team % Divisions == i).Select(team => $"t{team}")]));
        return new PrincipalSnapshot(users, [], [.. teams, .. divisions], self: null);
    }

    /// <summary>Each role has two users and a team, which no policy names besides.</summary>
    public static RangerRoles RoleDownload() => new()
    {
        RoleVersion = 1,
        Roles =
        [
            .. Enumerable.Range(0, Roles).Select(i => new RangerRole
            {
                Id = i,
                Name = Role(i),
                Users = [new() { Name = User(NamedUsers + (2 * i)) }, new() { Name = User(NamedUsers + (2 * i) + 1) }],
                Groups = [new() { Name = Team(NamedTeams + i) }],
            }),
        ],
    };

    // With capitals, as many directories have them: names are compared by their key.
    public static string User(int i) => $"User{i:0000}@example.com";

    public static string Team(int i) => $"team-{i:000}";

    public static string Division(int i) => $"division-{i:00}";

    public static string Role(int i) => $"role-{i:000}";
}
