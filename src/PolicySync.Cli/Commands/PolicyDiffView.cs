using System.Globalization;
using PolicySync.Cli.Output;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary>Shows a difference of policies to people: <c>+</c> for what is added, <c>-</c> for what is removed, <c>~</c> for what is changed.</summary>
internal static class PolicyDiffView
{
    public static void Show(Printer printer, PolicyDiff diff)
    {
        foreach (var part in diff.SetParts)
        {
            Show(printer, 0, $"{Words(part.Part)}{(part.Name is null ? "" : $" {part.Name}")}", part.Old, part.New, part.Removed, part.Added);
        }

        More(printer, 0, diff.SetPartCount - diff.SetParts.Count, "parts of the set");
        foreach (var policy in diff.Policies)
        {
            Show(printer, policy);
        }

        printer.Note($"{diff.Statement}; compared with {PolicyCommands.SetText(diff.Set)}");
    }

    private static void Show(Printer printer, PolicyDifference policy)
    {
        var id = policy.Id is { } number ? string.Create(CultureInfo.InvariantCulture, $" {number}") : "";
        printer.Diff(0, Mark(policy.Change), $"policy{id} {policy.Name} ({Printer.Name(policy.Kind)}{(policy.Zone is null ? "" : $", zone {policy.Zone}")})");
        foreach (var part in policy.Parts)
        {
            Show(printer, 1, part);
        }

        foreach (var item in policy.Items)
        {
            printer.Diff(1, Mark(item.Change), string.Create(CultureInfo.InvariantCulture, $"{Words(item.Kind)} {item.Position}: {item.Old ?? item.New}"));
            foreach (var part in item.Parts)
            {
                Show(printer, 2, part);
            }
        }

        More(printer, 1, policy.ItemCount - policy.Items.Count, "items");
    }

    private static void Show(Printer printer, int depth, PolicyPartDifference part) =>
        Show(printer, depth, Words(part.Part), part.Old, part.New, part.Removed, part.Added);

    // Of a list only what differs is shown, for it may be long; unless one side has none of it.
    private static void Show(Printer printer, int depth, string what, string? old, string? @new, IReadOnlyList<string> removed, IReadOnlyList<string> added)
    {
        switch (old, @new)
        {
            case (null, { }):
                printer.Diff(depth, '+', $"{what}: {@new}");
                break;
            case ({ }, null):
                printer.Diff(depth, '-', $"{what}: {old}");
                break;
            case var _ when removed.Count + added.Count > 0:
                printer.Diff(depth, '~', what);
                Show(printer, depth + 1, '-', removed);
                Show(printer, depth + 1, '+', added);
                break;
            default:
                printer.Diff(depth, '~', $"{what}: {old} -> {@new}");
                break;
        }
    }

    private static void Show(Printer printer, int depth, char mark, IReadOnlyList<string> texts)
    {
        foreach (var text in texts)
        {
            printer.Diff(depth, mark, text);
        }
    }

    private static void More(Printer printer, int depth, int more, string what)
    {
        if (more > 0)
        {
            printer.Outline(depth, string.Create(CultureInfo.InvariantCulture, $"and {more} more {what}"));
        }
    }

    private static char Mark(PolicyChange change) => change switch { PolicyChange.Added => '+', PolicyChange.Removed => '-', _ => '~' };

    private static string Words<T>(T name)
        where T : struct, Enum => Printer.Name(name).Replace('_', ' ').ToLowerInvariant();
}
