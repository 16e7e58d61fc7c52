using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace PolicySync.Host.Tests.Support;

/// <summary>Keeps everything that is logged: message, state, scopes and exceptions.</summary>
internal sealed class LogLines : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public ConcurrentQueue<string> All { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
    }

    private sealed class Logger(LogLines lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => lines._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var scopes = new List<string>();
            lines._scopes.ForEachScope((scope, into) => into.Add(scope is IEnumerable<KeyValuePair<string, object>> pairs
                ? string.Join(',', pairs) : $"{scope}"), scopes);
            var values = state is IEnumerable<KeyValuePair<string, object?>> named ? string.Join(',', named) : "";
            lines.All.Enqueue($"{logLevel} {category} {formatter(state, exception)} {values} {exception} {string.Join('|', scopes)}");
        }
    }
}
