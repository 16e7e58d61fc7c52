namespace PolicySync.Ranger.Model;

/// <summary>A span of time, optionally narrowed to recurring windows.</summary>
public sealed class RangerValiditySchedule
{
    /// <summary>First second, <c>yyyy/MM/dd HH:mm:ss</c> in <see cref="TimeZone"/>; null or empty means no start.</summary>
    public string? StartTime { get; set; }

    /// <summary>Last second, in the same form; null or empty means no end.</summary>
    public string? EndTime { get; set; }

    /// <summary>Zone id; null or empty means GMT.</summary>
    public string? TimeZone { get; set; }

    /// <summary>Recurring windows; empty means the whole span.</summary>
    public List<RangerValidityRecurrence> Recurrences { get; set; } = [];
}

/// <summary>A recurring window: when it opens, and how long it stays open.</summary>
public sealed class RangerValidityRecurrence
{
    /// <summary>When the window opens.</summary>
    public RangerRecurrenceSchedule? Schedule { get; set; }

    /// <summary>How long the window stays open.</summary>
    public RangerValidityInterval? Interval { get; set; }
}

/// <summary>Fields like those of cron: numbers, ranges and lists.</summary>
public sealed class RangerRecurrenceSchedule
{
    /// <summary>Minutes, 0 to 59.</summary>
    public string? Minute { get; set; }

    /// <summary>Hours, 0 to 23.</summary>
    public string? Hour { get; set; }

    /// <summary>Days of the month, 1 to 31.</summary>
    public string? DayOfMonth { get; set; }

    /// <summary>Days of the week, Sunday is 1.</summary>
    public string? DayOfWeek { get; set; }

    /// <summary>Months, 1 to 12.</summary>
    public string? Month { get; set; }

    /// <summary>Years.</summary>
    public string? Year { get; set; }
}

/// <summary>A length of time.</summary>
public sealed class RangerValidityInterval
{
    /// <summary>Days.</summary>
    public int Days { get; set; }

    /// <summary>Hours, 0 to 23.</summary>
    public int Hours { get; set; }

    /// <summary>Minutes, 0 to 59.</summary>
    public int Minutes { get; set; }
}
