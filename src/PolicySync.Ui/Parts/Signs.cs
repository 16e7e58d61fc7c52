using PolicySync.Client;

namespace PolicySync.Ui.Parts;

/// <summary>Signs of changes, as a diff has them.</summary>
internal static class Signs
{
    /// <summary>The sign of an action, and the name of its colour.</summary>
    public static (string Sign, string Tone) Of(ChangeAction action) => action switch
    {
        ChangeAction.Grant => ("+", "plus"),
        ChangeAction.Revoke => ("-", "minus"),
        _ => ("~", "tilde"),
    };

    /// <summary>The name of the colour of a line that begins with a sign.</summary>
    public static string ToneOf(string line) => line switch
    {
        ['+', ..] => "plus",
        ['-', ..] => "minus",
        ['~', ..] => "tilde",
        _ => "none",
    };

    public static string Verb(ChangeAction action) => action switch
    {
        ChangeAction.Grant => "grant",
        ChangeAction.Revoke => "revoke",
        ChangeAction.SetFilter => "set row filter",
        ChangeAction.DropFilter => "drop row filter",
        ChangeAction.SetMask => "set mask",
        ChangeAction.DropMask => "drop mask",
        _ => "change",
    };
}
