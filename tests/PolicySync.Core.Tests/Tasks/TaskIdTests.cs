using PolicySync.Core.Tasks;

namespace PolicySync.Core.Tests.Tasks;

public sealed class TaskIdTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 23, 8, 0, 0, 123, TimeSpan.Zero);

    [Fact]
    public void An_id_tells_its_time_and_lane()
    {
        var id = TaskId.Create(Time, lane: 63, sequence: 65_535);

        Assert.Equal((Time, 63), (id.Time, id.Lane));
    }

    [Fact]
    public void Ids_sort_by_time_then_lane_then_sequence()
    {
        TaskId[] sorted =
        [
            TaskId.Create(Time, 0, 0), TaskId.Create(Time, 0, 1), TaskId.Create(Time, 1, 0), TaskId.Create(Time, 63, 65_535),
            TaskId.Create(Time.AddMilliseconds(1), 0, 0),
        ];

        Assert.Equal(sorted, sorted.Reverse().Order());
    }

    [Fact]
    public void The_layout_is_fixed() => // stored ids would change their meaning
        Assert.Equal("383164770410627079", TaskId.Create(Time, 5, 7).ToString());

    [Theory]
    [InlineData("574057046565109672", true)] // the sample of the vendor's page
    [InlineData("1", true)]
    [InlineData("9223372036854775807", true)]
    [InlineData("9223372036854775808", false)] // over 63 bits
    [InlineData("0", false)]
    [InlineData("012", false)]
    [InlineData("-1", false)]
    [InlineData("+1", false)]
    [InlineData(" 1", false)]
    [InlineData("1e3", false)]
    [InlineData("١", false)] // a digit, not an ASCII one
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Only_the_printed_form_is_an_id(string? text, bool valid)
    {
        Assert.Equal(valid, TaskId.TryParse(text, out var id));
        Assert.Equal(valid ? text : "0", id.ToString());
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(64, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 65_536)]
    public void Parts_out_of_range_are_refused(int lane, int sequence) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TaskId.Create(Time, lane, sequence));

    [Fact]
    public void A_time_before_the_epoch_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TaskId.Create(TaskId.Epoch.AddMilliseconds(-1), 0, 0));
}
