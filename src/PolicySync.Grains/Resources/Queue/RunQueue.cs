namespace PolicySync.Grains.Resources.Queue;

/// <summary>Runs that wait for their turn, and ended runs whose result some caller has not fetched.</summary>
internal sealed class RunQueue(TimeProvider time)
{
    // A caller that died never fetches the result; its run is dropped after this many later ones.
    private const int MaxEnded = 256;

    /// <summary>Most questions that wait. One caller could otherwise fill the memory with questions that differ.</summary>
    public const int MaxQuestions = 100;

    private readonly List<Run> _waiting = [];
    private readonly Dictionary<long, Run> _open = [];
    private readonly Queue<Run> _ended = [];
    private Run? _running;
    private long _last;

    /// <summary>True when no run waits or is under way and no result waits to be fetched.</summary>
    public bool IsIdle => _open.Values.All(run => run.Phase == RunPhase.Done && run.Waiting <= 0);

    /// <summary>Whether a request is a further question, and no further one may wait.</summary>
    public bool Refuses(RunRequest request) =>
        (request.Access is not null || request.Explain is not null)
        && _waiting.Count(run => run.IsQuestion) >= MaxQuestions && !_waiting.Exists(run => run.Serves(request));

    /// <summary>
    /// Joins the next run that serves the request, and adds one when there is none. Never one that has started. A run that is no question
    /// goes before the questions that wait: however many are asked, they do not keep a sync back.
    /// </summary>
    public Run Join(RunRequest request)
    {
        var run = _waiting.Find(run => run.Serves(request));
        if (run is null)
        {
            run = new Run(++_last, request, time);
            var questions = run.IsQuestion ? -1 : _waiting.FindIndex(static waiting => waiting.IsQuestion);
            _waiting.Insert(questions < 0 ? _waiting.Count : questions, run);
            _open[run.Number] = run;
        }

        run.Join(request);
        _running?.AwaitedBy(request);
        foreach (var earlier in _waiting.TakeWhile(earlier => earlier != run))
        {
            earlier.AwaitedBy(request);
        }

        return run;
    }

    public Run? Find(long number) => _open.GetValueOrDefault(number);

    /// <summary>Removes the next run from the queue, so that no caller can join it any more.</summary>
    public Run? Take()
    {
        if (_waiting.Count == 0)
        {
            return null;
        }

        _running = _waiting[0];
        _waiting.RemoveAt(0);
        return _running;
    }

    /// <summary>Takes a run that no caller wants out of the queue. False when it is not in the queue any more.</summary>
    public bool Remove(Run run)
    {
        if (!_waiting.Remove(run))
        {
            return false;
        }

        _ended.Enqueue(run);
        return true;
    }

    public void Ended(Run run)
    {
        _running = null;
        _ended.Enqueue(run);
        while (_ended.Count > MaxEnded || (_ended.TryPeek(out var oldest) && oldest.Waiting <= 0))
        {
            _open.Remove(_ended.Dequeue().Number);
        }
    }
}
