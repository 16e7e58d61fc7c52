namespace PolicySync.Client;

/// <summary>Where the service is, how to authenticate, and how patient to be.</summary>
public sealed class PolicySyncClientOptions
{
    /// <summary>Most seconds of a wait that the service accepts.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    /// <summary>The address of the service without <c>/policysync</c>, for example <c>https://policysync.example.com</c>. Required.</summary>
    public Uri? Address { get; set; }

    /// <summary>
    /// A file with a token. It is read for each request, so that a token which is replaced in the file is used at once. Either this or
    /// <see cref="Token"/> is required.
    /// </summary>
    public string? TokenFile { get; set; }

    /// <summary>Returns a token for a request. It is called for each request, and should keep a token while that is valid.</summary>
    public Func<CancellationToken, ValueTask<string>>? Token { get; set; }

    /// <summary>
    /// Most attempts of one request after 429, 502, 503, 504 or a lost connection. Default: 5. Requests that create have an idempotency key, so that
    /// a repeated one has no second effect.
    /// </summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>
    /// Longest pause between two attempts. Default: 30 seconds. When <c>Retry-After</c> asks for a longer one, the request fails with
    /// <see cref="PolicySyncException.RetryAfter"/>.
    /// </summary>
    public TimeSpan MaxRetryPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time of one attempt, its wait for the end of a task included. Default: 90 seconds.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>How long one request waits for the end of a task, up to 60 seconds. Default: 30 seconds. Proxies must allow a request that long.</summary>
    public TimeSpan WaitPerRequest { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a wait with progress asks. Default: 2 seconds.</summary>
    public TimeSpan ProgressInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a stream may be silent before it is opened again. Default: 45 seconds. The service sends something every 15 seconds.</summary>
    public TimeSpan StreamSilence { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>The clock of pauses and waits.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>The source of the random part of pauses.</summary>
    internal Random Random { get; init; } = new();

    /// <exception cref="ArgumentException">An option is missing or out of range.</exception>
    internal void Check()
    {
        Require(Address is { IsAbsoluteUri: true, Scheme: "http" or "https" }, nameof(Address), "must be an absolute http or https address");
        Require(TokenFile is null != Token is null, nameof(TokenFile), $"or {nameof(Token)} must be set, and not both");
        Require(MaxAttempts >= 1, nameof(MaxAttempts), "must be at least 1");
        Require(MaxRetryPause >= TimeSpan.Zero, nameof(MaxRetryPause), "must not be negative");
        Require(WaitPerRequest >= TimeSpan.FromSeconds(1) && WaitPerRequest <= LongestWait, nameof(WaitPerRequest), "must be 1 to 60 seconds");
        Require(ProgressInterval >= TimeSpan.FromSeconds(1) && ProgressInterval <= LongestWait, nameof(ProgressInterval), "must be 1 to 60 seconds");
        Require(
            AttemptTimeout == Timeout.InfiniteTimeSpan || (AttemptTimeout > WaitPerRequest && AttemptTimeout > ProgressInterval),
            nameof(AttemptTimeout), $"must be longer than {nameof(WaitPerRequest)} and {nameof(ProgressInterval)}");
        Require(StreamSilence > TimeSpan.Zero || StreamSilence == Timeout.InfiniteTimeSpan, nameof(StreamSilence), "must be positive or infinite");
    }

    private static void Require(bool holds, string option, string rule)
    {
        if (!holds)
        {
            throw new ArgumentException($"{option} {rule}", option);
        }
    }
}
