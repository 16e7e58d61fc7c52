using System.Text.Json.Serialization;
using PolicySync.Core.Grants;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Planning;

/// <summary>
/// The grants that the service made on one securable, each with the policy that asked for it, the task that made it, and the
/// time. Immutable. An operation that changes nothing returns the same instance, so that a caller sees by reference that there
/// is nothing to write. The JSON form is stored state; members may be missing in it.
/// </summary>
/// <remarks>
/// The order in a run (specification §4): <see cref="ForIdentity"/>, <see cref="Observe"/> with the opening read, plan,
/// <see cref="WithIntent"/>, write it, PATCH, and once a read shows the plan <see cref="AfterVerified"/>. A crash
/// anywhere leaves the ledger with too much, never too little: an entry without its grant costs nothing, a grant without its
/// entry would never be revoked.
/// </remarks>
public sealed class Ledger
{
    private readonly Dictionary<(string Key, string Privilege), LedgerEntry> _byName = [];
    private readonly Dictionary<(long PrincipalId, string Privilege), LedgerEntry> _byId = [];

    /// <summary>Creates a ledger; of two entries for one principal and privilege the later counts.</summary>
    [JsonConstructor]
    public Ledger(string? identity, IReadOnlyList<LedgerEntry>? entries)
    {
        Identity = identity;
        foreach (var entry in entries ?? [])
        {
            _byName[(entry.Key, entry.Privilege)] = entry;
        }

        Entries = [.. _byName.Values
            .OrderBy(entry => entry.Key, StringComparer.Ordinal).ThenBy(entry => entry.Privilege, StringComparer.Ordinal)];
        foreach (var entry in Entries)
        {
            if (entry.PrincipalId is { } id)
            {
                _byId[(id, entry.Privilege)] = entry;
            }
        }
    }

    /// <summary>The ledger without entries.</summary>
    public static Ledger Empty { get; } = new(null, []);

    /// <summary>The id of the object that the grants were made on; null when it is not known.</summary>
    [JsonPropertyName("identity")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Identity { get; }

    /// <summary>The grants, sorted by principal and privilege.</summary>
    [JsonPropertyName("entries")]
    public IReadOnlyList<LedgerEntry> Entries { get; }

    /// <summary>
    /// Returns the ledger of the object with <paramref name="identity"/>: empty when the grants were made on another object
    /// of the same name. An unknown identity proves nothing, and neither does a time of creation, which replaces an id that an
    /// answer lacks, about an id.
    /// </summary>
    public Ledger ForIdentity(string? identity) =>
        MayBeOne(identity, Identity) || Entries.Count == 0 ? this : new Ledger(identity, []);

    /// <summary>
    /// Whether two identities may be of one object: they are equal, one is not known, or one is an id and the other a time of creation.
    /// </summary>
    public static bool MayBeOne(string? one, string? other) => one is null || other is null || one == other || IsTime(one) != IsTime(other);

    /// <summary>Adds the entries of another ledger of the object that this one has none for. The same instance when it has them all.</summary>
    public Ledger WithMissing(Ledger other)
    {
        List<LedgerEntry> missing = [.. other.Entries.Where(entry => Find(entry.Key, entry.PrincipalId, entry.Privilege) is null)];
        return missing.Count == 0 ? this : new Ledger(Identity ?? other.Identity, [.. missing, .. Entries]);
    }

    /// <summary>
    /// Updates the ledger by a read: grants of deleted, renamed and recreated principals are followed by id, and entries that the
    /// read lacks are dropped if the last write is so long ago that the read must have shown them.
    /// </summary>
    /// <param name="facts">The securable.</param>
    /// <param name="openingRead">A full read, made before the run writes anything.</param>
    /// <param name="now">When that read began.</param>
    /// <param name="lastWrite">When the last write on the securable ended or was given up; null when there was none.</param>
    /// <param name="verifyTimeout">How long a write may take to show, <c>Sync:VerifyTimeout</c>.</param>
    public Ledger Observe(
        SecurableFacts facts,
        IReadOnlyList<Assignment> openingRead,
        DateTimeOffset now,
        DateTimeOffset? lastWrite,
        TimeSpan verifyTimeout) =>
        Follow(facts, openingRead, keepUnseen: lastWrite is { } last && now - last < verifyTimeout);

    /// <summary>
    /// Returns the entries that <see cref="Observe"/> with the same arguments drops: grants that another party revoked. Empty while
    /// the last write may not show yet.
    /// </summary>
    /// <inheritdoc cref="Observe"/>
    public IReadOnlyList<LedgerEntry> GoneFrom(
        SecurableFacts facts,
        IReadOnlyList<Assignment> openingRead,
        DateTimeOffset now,
        DateTimeOffset? lastWrite,
        TimeSpan verifyTimeout)
    {
        if (lastWrite is { } last && now - last < verifyTimeout)
        {
            return [];
        }

        var seen = Seen(facts, openingRead).Select(pair => pair.Entry).ToHashSet();
        return [.. Entries.Where(entry => !seen.Contains(entry))];
    }

    /// <summary>Adds what the plan grants and adopts. Written before the plan's PATCH is sent.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="taskId">The task whose run this is.</param>
    /// <param name="now">The time of the grants.</param>
    public Ledger WithIntent(GrantPlan plan, string taskId, DateTimeOffset now)
    {
        var coming = plan.Principals.SelectMany(principal => principal.Grants.Concat(principal.Adopted)
            .Select(grant => new LedgerEntry
            {
                Principal = principal.Holder.Name,
                PrincipalId = principal.Holder.PrincipalId,
                Privilege = grant.Privilege,
                PolicyId = grant.PolicyId,
                PolicyName = grant.PolicyName,
                TaskId = taskId,
                GrantedAt = now,
            })).ToList();
        return coming.Count == 0 ? this : new Ledger(plan.Facts.Identity ?? Identity, [.. Entries, .. coming]);
    }

    /// <summary>
    /// Removes what the plan revoked, and what was left out of it because the server refused it, and adds the ids of principals
    /// that were granted something, once <paramref name="read"/> shows the plan.
    /// </summary>
    /// <returns>The same ledger when the read does not show the plan: nothing is certain then.</returns>
    public Ledger AfterVerified(GrantPlan plan, IReadOnlyList<Assignment> read)
    {
        if (!plan.Shows(read))
        {
            return this;
        }

        var released = plan.Released.ToHashSet();
        return Changed(Entries.Where(entry => !released.Contains((entry.Key, entry.Privilege))))
            .Follow(plan.Facts, read, keepUnseen: true);
    }

    /// <summary>Adds a grant that others made.</summary>
    /// <param name="facts">The securable.</param>
    /// <param name="read">What it has.</param>
    /// <param name="principal">Whose grant, as <see cref="Tasks.Gap.Principal"/> names it.</param>
    /// <param name="privilege">Which.</param>
    /// <param name="by">The subject that wants it; null when not known.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null when the read has no such grant.</returns>
    public Ledger? WithAdopted(
        SecurableFacts facts, IReadOnlyList<Assignment> read, string principal, string privilege, string? by, DateTimeOffset now)
    {
        var holder = Holder.AllIn(read, facts.Securable.Type).Values.FirstOrDefault(found => found.Shown == principal && found.Privileges.Contains(privilege));
        return holder is null ? null : new Ledger(facts.Identity ?? Identity, [.. Entries, new LedgerEntry
        {
            Principal = holder.Name,
            PrincipalId = holder.PrincipalId,
            Deleted = holder.IsDeleted,
            Privilege = privilege,
            TaskId = "0",
            AdoptedBy = by,
            GrantedAt = now,
        }]);
    }

    /// <summary>Returns the entry of a privilege of a principal; null when others granted it.</summary>
    /// <param name="key">The <see cref="LedgerEntry.Key"/> of the principal.</param>
    /// <param name="principalId">Unity Catalog's id of the principal; null when it is not known.</param>
    /// <param name="privilege">Upper case with underscores.</param>
    /// <remarks>
    /// The id decides where both sides know one: a group that was deleted and made again under its name is another
    /// principal, and its former grants, shown without a name, are still the service's.
    /// </remarks>
    public LedgerEntry? Find(string key, long? principalId, string privilege) =>
        _byName.TryGetValue((key, privilege), out var entry)
        && (entry.PrincipalId is null || principalId is null || entry.PrincipalId == principalId)
            ? entry
            : principalId is { } id ? _byId.GetValueOrDefault((id, privilege)) : null;

    private static bool IsTime(string identity) => identity.All(char.IsAsciiDigit);

    /// <summary>Returns the entry of a privilege of <paramref name="holder"/>; null when others granted it.</summary>
    internal LedgerEntry? Find(Holder holder, string privilege) => Find(holder.Key, holder.PrincipalId, privilege);

    /// <summary>Returns the name that a deleted principal had when the service granted it something; null when it never did.</summary>
    internal string? FormerNameOf(Holder holder) =>
        Entries.FirstOrDefault(entry => entry.PrincipalId is not null && entry.PrincipalId == holder.PrincipalId)?.Principal;

    private Ledger Follow(SecurableFacts facts, IReadOnlyList<Assignment> read, bool keepUnseen)
    {
        var unseen = Entries.ToHashSet();
        var entries = new List<LedgerEntry>();
        foreach (var (entry, holder) in Seen(facts, read))
        {
            unseen.Remove(entry);
            entries.Add(entry.Following(holder));
        }

        return Changed(keepUnseen ? entries.Concat(unseen) : entries);
    }

    private IEnumerable<(LedgerEntry Entry, Holder Holder)> Seen(SecurableFacts facts, IReadOnlyList<Assignment> read) =>
        from found in Holder.AllIn(read, facts.Securable.Type).Values
        let holder = found.AsGranted(facts, this)
        from entry in holder.Privileges.Select(privilege => Find(holder, privilege)).OfType<LedgerEntry>()
        select (entry, holder);

    private Ledger Changed(IEnumerable<LedgerEntry> entries)
    {
        var changed = new Ledger(Identity, [.. entries]);
        return changed.Entries.SequenceEqual(Entries) ? this : changed;
    }
}
