using System.Text;
using PolicySync.Client;

namespace PolicySync.Ui.Parts;

/// <summary>The state of something, as sign and colour of a badge.</summary>
public enum Tone
{
    /// <summary>Nothing to say.</summary>
    Idle,

    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Needs a look.</summary>
    Warn,

    /// <summary>Failed or exposed.</summary>
    Bad,

    /// <summary>In work.</summary>
    Busy,

    /// <summary>Waiting.</summary>
    Wait,
}

/// <summary>Words for values of the API, and their tone.</summary>
internal static class Terms
{
    /// <summary>The words for a value: its name, cut at capitals.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => value switch
        {
            SyncTaskStatus.InProgress => "Running",
            SyncTaskStatus.Success or ResourceStatus.Success => "Succeeded",
            SyncTaskOutcome.Partial => "Partly failed",
            DriftKind.Drift => "Differs from policy",
            DriftKind.Foreign => "Grant of others",
            PolicyVerdict.AllowedAbove => "Allowed on a container",
            SecurableStatus.InSync => "In sync",
            CheckStatus.Ok => "OK",
            CheckStatus.Warn => "Attention",
            CheckStatus.Fail => "Failed",
            _ => Words(value.ToString()),
        };

    /// <summary>The values of a type that can be chosen, all but the unknown one.</summary>
    public static IEnumerable<T> All<T>()
        where T : struct, Enum => Enum.GetValues<T>().Where(value => value.ToString() != "Unknown");

    /// <summary>The words of a task: its outcome when it has ended.</summary>
    public static string Of(SyncTaskStatus status, SyncTaskOutcome? outcome) => outcome is { } ended ? Of(ended) : Of(status);

    public static Tone ToneOf(SyncTaskStatus status, SyncTaskOutcome? outcome) => outcome switch
    {
        SyncTaskOutcome.Succeeded => Tone.Good,
        SyncTaskOutcome.SucceededWithGaps or SyncTaskOutcome.Drifted => Tone.Warn,
        SyncTaskOutcome.Partial or SyncTaskOutcome.Failed => Tone.Bad,
        SyncTaskOutcome.Skipped or SyncTaskOutcome.Cancelled => Tone.Idle,
        _ => status switch
        {
            SyncTaskStatus.InProgress => Tone.Busy,
            SyncTaskStatus.New or SyncTaskStatus.Waiting => Tone.Wait,
            SyncTaskStatus.Success => Tone.Good,
            SyncTaskStatus.Failed => Tone.Bad,
            _ => Tone.Idle,
        },
    };

    public static Tone ToneOf(ResourceStatus status) => status switch
    {
        ResourceStatus.Success => Tone.Good,
        ResourceStatus.Failed => Tone.Bad,
        _ => Tone.Idle,
    };

    public static Tone ToneOf(CheckStatus status) => status switch
    {
        CheckStatus.Ok => Tone.Good,
        CheckStatus.Warn => Tone.Warn,
        CheckStatus.Fail => Tone.Bad,
        _ => Tone.Idle,
    };

    public static Tone ToneOf(SecurableStatus status) => status switch
    {
        SecurableStatus.InSync => Tone.Good,
        SecurableStatus.Drifted => Tone.Warn,
        SecurableStatus.Exposed or SecurableStatus.Failed => Tone.Bad,
        _ => Tone.Idle,
    };

    public static Tone ToneOf(GapDirection direction) => direction == GapDirection.Exposed ? Tone.Bad : Tone.Warn;

    public static Tone ToneOf(PolicyVerdict verdict) => verdict switch
    {
        PolicyVerdict.Allowed or PolicyVerdict.AllowedAbove => Tone.Good,
        PolicyVerdict.Withheld => Tone.Warn,
        PolicyVerdict.NotAllowed or PolicyVerdict.Denied => Tone.Bad,
        _ => Tone.Idle,
    };

    /// <summary>What type of task it is, for people.</summary>
    public static string OfTaskType(string type) => type switch
    {
        TaskRequest.SyncType => "Sync",
        TaskRequest.VerifyType => "Verify",
        "PLAN" => "Plan",
        "APPLY" => "Apply",
        _ => type,
    };

    /// <summary>A type of securables, for people: <c>external_location</c> is "external location".</summary>
    public static string OfSecurableType(string type) => type.Replace('_', ' ');

    private static string Words(string name)
    {
        var words = new StringBuilder();
        foreach (var c in name)
        {
            words.Append(words.Length > 0 && char.IsAsciiLetterUpper(c) ? $" {char.ToLowerInvariant(c)}" : c.ToString());
        }

        return words.ToString();
    }
}
