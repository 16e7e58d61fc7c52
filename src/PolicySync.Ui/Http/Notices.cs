namespace PolicySync.Ui.Http;

/// <summary>
/// What a page says after an action. The address of the page names one of these, so that no text of another can be put into a page.
/// </summary>
internal static class Notices
{
    public const string Cancelled = "cancelled";
    public const string Adopted = "adopted";
    public const string Ignored = "ignored";
    public const string Suspended = "suspended";
    public const string Resumed = "resumed";

    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        [Cancelled] = "The task was asked to stop. Securables in work are finished first.",
        [Adopted] = "The grant was adopted. The next sync revokes it where no policy wants it.",
        [Ignored] = "The difference is ignored until its end. Syncs still repair it.",
        [Suspended] = "The suspension is in force. Tasks skip what it covers.",
        [Resumed] = "The suspension was ended. Nothing is synced by this alone.",
    };

    public static string? Of(string? name) => name is null ? null : Texts.GetValueOrDefault(name);
}
