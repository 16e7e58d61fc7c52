using PolicySync.Client;
using PolicySync.Ui.Http;
using PolicySync.Ui.Tasks;

namespace PolicySync.Ui.Parts;

/// <summary>Where the page leads for the remedy of a gap. What has to be done elsewhere, in Ranger or Unity Catalog, has the words only.</summary>
/// <param name="Text">The words of the button.</param>
/// <param name="Address">Where it leads.</param>
internal sealed record GapRemedy(string Text, string Address)
{
    /// <summary>The remedy; null where the page has none for this viewer.</summary>
    /// <param name="gap">The gap.</param>
    /// <param name="type">The type of its securable.</param>
    /// <param name="fullName">The name of its securable.</param>
    /// <param name="viewer">Who looks at it.</param>
    public static GapRemedy? Of(Gap gap, string type, string fullName, Hosting.Viewer viewer) => gap.Code switch
    {
        "FOREIGN_GRANT" => new GapRemedy(viewer.MayAct ? "Decide" : "Show drift", $"{Links.Drift}?securable={Uri.EscapeDataString(fullName)}"),
        "INHERITED_ACCESS" or "CONTAINER_WITHHELD" when viewer.MayAct && ContainerOf(fullName) is { } above => new GapRemedy(
            "Sync container", Links.NewTaskFor(above.Type, above.Name, TaskPages.Sync)),
        _ when gap is { Principal: { } principal, Privilege: { } privilege } => new GapRemedy("Explain", Links.ExplainOf(type, fullName, principal, privilege)),
        _ => null,
    };

    private static (string Type, string Name)? ContainerOf(string fullName) => fullName.Contains('`', StringComparison.Ordinal) ? null : fullName.Split('.') switch
    {
        [var catalog, var schema, _] => ("schema", $"{catalog}.{schema}"),
        [var catalog, _] => ("catalog", catalog),
        _ => null,
    };
}
