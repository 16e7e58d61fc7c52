using PolicySync.Core.Explaining;
using PolicySync.Core.Reports;
using PolicySync.Core.Securables;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Resources.Queue;

namespace PolicySync.Grains.Tests;

/// <summary>In which order the runs on a securable take their turns.</summary>
public sealed class QueueOfRuns
{
    private static readonly Securable Table = Securable.Table("c", "s", "t");

    private readonly RunQueue _queue = new(TimeProvider.System);

    [Fact]
    public void A_sync_goes_before_questions_that_wait_and_after_syncs_that_wait()
    {
        var question = _queue.Join(Question("ann@x.io"));
        var first = _queue.Join(new RunRequest { Securable = Table, TaskId = 1 });
        var later = _queue.Join(Question("bob@x.io"));
        var second = _queue.Join(new RunRequest { Securable = Table, TaskId = 2, AllowRevoke = true });

        Assert.Equal([first, second, question, later], [_queue.Take(), _queue.Take(), _queue.Take(), _queue.Take()]);
    }

    [Fact]
    public void A_question_beyond_the_most_that_wait_is_refused_and_an_equal_one_joins()
    {
        for (var n = 0; n < RunQueue.MaxQuestions; n++)
        {
            Assert.False(_queue.Refuses(Question($"user{n}@x.io")));
            _queue.Join(Question($"user{n}@x.io"));
        }

        Assert.True(_queue.Refuses(Question("one-more@x.io")));
        Assert.True(_queue.Refuses(new RunRequest { Securable = Table, TaskId = 0, DryRun = true, Access = new AccessQuery() }));
        Assert.False(_queue.Refuses(Question("user7@x.io")));
        Assert.False(_queue.Refuses(new RunRequest { Securable = Table, TaskId = 1 }));
        Assert.False(_queue.Refuses(new RunRequest { Securable = Table, TaskId = 1, DryRun = true }));

        _queue.Take();
        Assert.False(_queue.Refuses(Question("one-more@x.io")));
    }

    private static RunRequest Question(string principal) =>
        new() { Securable = Table, TaskId = 0, DryRun = true, Explain = new ExplainQuestion(principal, "SELECT") };
}
