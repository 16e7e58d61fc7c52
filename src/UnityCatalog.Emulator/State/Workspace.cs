using System.Security.Cryptography;
using System.Text;
using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Permissions;
using UnityCatalog.Emulator.Principals;
using UnityCatalog.Emulator.Sql;

namespace UnityCatalog.Emulator.State;

/// <summary>
/// One emulated workspace with its metastore. All of it is guarded by <see cref="Gate"/>, which the request
/// pipeline takes around every handler: handlers are short and never wait, so one lock is enough.
/// </summary>
internal sealed class Workspace(Metastore metastore, PrincipalDirectory principals, EmulatorSettings settings, TimeProvider time)
{
    private readonly Random _random = new(settings.Seed);
    private long _lastTime;

    public Lock Gate { get; } = new();

    public Metastore Metastore { get; } = metastore;

    public PrincipalDirectory Principals { get; } = principals;

    public Credentials Credentials { get; } = new(time);

    public StatementStore Statements { get; } = new();

    public WatchStore Watches { get; } = new();

    public EmulatorSettings Settings { get; set; } = settings;

    /// <summary>How long former grants are kept for lagging readers, in milliseconds; set by the faults in force.</summary>
    public long KeepFormerGrants { get; set; }

    public long MonotonicNow => (long)time.GetElapsedTime(0).TotalMilliseconds;

    public int NextRandom() => _random.Next();

    /// <summary>
    /// An id made from what the object is and when it came: the same after a reset, another after a
    /// recreation, and never one that a document read back already holds.
    /// </summary>
    public string IdOf(string what, long createdAt) =>
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{Settings.Seed} {what} {createdAt}")).AsSpan(0, 16)).ToString();

    /// <summary>Epoch milliseconds, each later than the one before: a recreated object must show a new created_at.</summary>
    public long NextTime() => _lastTime = Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), _lastTime + 1);

    /// <summary>A time that a document states; those made up afterwards are later.</summary>
    public void SawTime(long stated) => _lastTime = Math.Max(_lastTime, stated);

    /// <param name="securable">Whose grants.</param>
    /// <param name="grants">All of them.</param>
    /// <param name="by">The principal that changed them; null when the workspace does not know it.</param>
    public void WriteGrants(Securable securable, GrantTable grants, string? by = null)
    {
        securable.Grants.Write(grants, MonotonicNow, KeepFormerGrants);
        if (securable.Family == SecurableFamily.Schema)
        {
            // A schema's updated_at moves with its grants (reference §6.1).
            (securable.UpdatedAt, securable.UpdatedBy) = (NextTime(), by);
        }
    }

    public void SetOwner(Securable securable, string owner)
    {
        var principal = Principals.FindForGrant(owner);
        (securable.Owner, securable.OwnerId) = (principal?.Name ?? owner, principal?.Id ?? 0);
    }
}
