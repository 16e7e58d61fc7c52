using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Schedules;

namespace PolicySync.Ranger.Tags;

/// <summary>
/// Dates in attributes of tags, as Ranger reads them (RangerRequestScriptEvaluator.getAsDate): <c>yyyy/MM/dd</c>, or
/// <c>yyyy-MM-dd'T'HH:mm:ss.SSS'Z'</c> in which the <c>Z</c> is only a letter. The text is read in the zone of the machine,
/// and the instant is then moved again by the offset of that zone at the time of the evaluation
/// (StringUtil.getUTCDateForLocalDate). On machines in UTC neither has an effect.
/// </summary>
internal sealed class TagDates
{
    private const string Day = "yyyy/MM/dd";
    private const string Instant = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'";

    // Ranger tries longer forms first, and has the second of its own under a shorter name.
    private const int LengthOfInstant = 17;

    private static readonly TimeSpan HalfAnHour = TimeSpan.FromMinutes(30);
    private static readonly DateTimeOffset First = DateTimeOffset.MinValue.AddDays(3);
    private static readonly DateTimeOffset Last = DateTimeOffset.MaxValue.AddDays(-3);

    private readonly TagDateForm[] _forms;
    private readonly WallClock _clock;

    public TagDates(EngineOptions options)
    {
        _clock = new WallClock(options.MachineZone);
        _forms =
        [
            .. options.TagDateForms.Select(form => (form, form.Length)).Prepend((Instant, LengthOfInstant)).Prepend((Day, Day.Length))
                .OrderByDescending(form => form.Item2).Select(form => new TagDateForm(form.Item1)),
        ];
    }

    /// <summary>Whether a time is the date or after it; null when the date cannot be read.</summary>
    public bool? IsAfter(string? date, DateTimeOffset time) => Read(date) is { } read ? time + _clock.OffsetAt(time) >= read : null;

    /// <summary>Whether a time is the date or before it; null when the date cannot be read.</summary>
    public bool? IsBefore(string? date, DateTimeOffset time) => Read(date) is { } read ? time + _clock.OffsetAt(time) <= read : null;

    /// <summary>When one of the two becomes another next; null when neither does, or when the date cannot be read.</summary>
    public DateTimeOffset? NextChange(string? date, DateTimeOffset after)
    {
        if (Read(date) is not { } read || read < First || read > Last)
        {
            return null;
        }

        // Around a clock change the result can change more than once.
        TimeSpan[] offsets = [_clock.OffsetAt(read.AddDays(-2)), _clock.OffsetAt(read), _clock.OffsetAt(read.AddDays(2))];
        var (from, to) = (read - offsets.Max(), read - offsets.Min());
        for (var change = from; change <= to; change += HalfAnHour)
        {
            if (change > after)
            {
                return change;
            }

            // The date itself still belongs to what is before it.
            if (change.AddMilliseconds(1) > after)
            {
                return change.AddMilliseconds(1);
            }
        }

        return null;
    }

    private DateTimeOffset? Read(string? date)
    {
        if (string.IsNullOrWhiteSpace(date))
        {
            return null;
        }

        foreach (var form in _forms)
        {
            if (form.Read(date) is { } local && _clock.Exists(local))
            {
                return local.Year == 1 ? DateTimeOffset.MinValue.AddDays(1) : _clock.When(local);
            }
        }

        return null;
    }
}
