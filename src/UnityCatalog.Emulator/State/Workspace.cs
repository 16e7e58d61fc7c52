using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Permissions;
using UnityCatalog.Emulator.Principals;

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

    public EmulatorSettings Settings { get; set; } = settings;

    /// <summary>How long former grants are kept for lagging readers, in milliseconds; set by the faults in force.</summary>
    public long KeepFormerGrants { get; set; }

    public long MonotonicNow => (long)time.GetElapsedTime(0).TotalMilliseconds;

    public int NextRandom() => _random.Next();

    public string NextId()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        bytes[7] = (byte)((bytes[7] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes).ToString();
    }

    /// <summary>Epoch milliseconds, each later than the one before: a recreated object must show a new created_at.</summary>
    public long NextTime() => _lastTime = Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), _lastTime + 1);

    public void WriteGrants(Securable securable, GrantTable grants)
    {
        securable.Grants.Write(grants, MonotonicNow, KeepFormerGrants);
        if (securable.Family == SecurableFamily.Schema)
        {
            // A schema's updated_at moves with its grants (reference §6.1).
            securable.UpdatedAt = NextTime();
        }
    }

    public void SetOwner(Securable securable, string owner)
    {
        var principal = Principals.FindForGrant(owner);
        (securable.Owner, securable.OwnerId) = (principal?.Name ?? owner, principal?.Id ?? 0);
    }
}
