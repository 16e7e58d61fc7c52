using PolicySync.Client;

namespace PolicySync.Ui.Parts;

/// <summary>Addresses of pages. A name becomes one segment, whatever is in it.</summary>
internal static class Links
{
    public const string Home = "/ui";
    public const string Securables = "/ui/securables";
    public const string Tasks = "/ui/tasks";
    public const string NewTask = "/ui/tasks/new";
    public const string Drift = "/ui/drift";
    public const string Policies = "/ui/policies";
    public const string Plans = "/ui/plans";
    public const string NewPlan = "/ui/plans/new";
    public const string Suspensions = "/ui/suspensions";
    public const string Health = "/ui/health";
    public const string Explain = "/ui/explain";
    public const string Find = "/ui/find";

    public static string Task(string id) => $"{Tasks}/{Uri.EscapeDataString(id)}";

    public static string Plan(string id) => $"{Plans}/{Uri.EscapeDataString(id)}";

    public static string Securable(string type, string fullName) => $"{Securables}/{Uri.EscapeDataString(type)}/{Uri.EscapeDataString(fullName)}";

    /// <summary>The securables in a catalog, or in none, of a status or of any.</summary>
    public static string SecurablesIn(string catalog, SecurableStatus? status) =>
        $"{Securables}?securable={Uri.EscapeDataString(catalog)}{(status is { } one ? $"&status={one}" : "")}";

    public static string Principal(string name) => $"/ui/principals/{Uri.EscapeDataString(name)}";

    public static string Policy(long id) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Policies}/{id}");

    /// <summary>The form for a task, filled in.</summary>
    public static string NewTaskFor(string type, string fullName, string kind) =>
        $"{NewTask}?type={Uri.EscapeDataString(type)}&name={Uri.EscapeDataString(fullName)}&kind={kind}";

    /// <summary>The form for a suspension, filled in.</summary>
    public static string SuspensionOf(string pattern) => $"{Suspensions}?pattern={Uri.EscapeDataString(pattern)}#add";

    /// <summary>Why a principal has, or does not have, a privilege on a securable.</summary>
    public static string ExplainOf(string type, string fullName, string principal, string privilege) =>
        $"{Explain}?type={Uri.EscapeDataString(type)}&name={Uri.EscapeDataString(fullName)}&principal={Uri.EscapeDataString(principal)}&privilege={Uri.EscapeDataString(privilege)}";
}
