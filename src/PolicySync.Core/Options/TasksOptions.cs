using System.ComponentModel.DataAnnotations;

namespace PolicySync.Core.Options;

/// <summary>How long tasks live. Section <c>PolicySync:Tasks</c>.</summary>
public sealed class TasksOptions
{
    /// <summary>Where this class is bound from.</summary>
    public const string Section = "PolicySync:Tasks";

    /// <summary>How long an ended task can be read. Default: 30 days; then it is a 404.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a task may run. Default: 24 hours; then it fails with <c>TOO_OLD</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromHours(24);
}
