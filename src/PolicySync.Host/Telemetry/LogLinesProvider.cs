using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace PolicySync.Host.Telemetry;

/// <summary>
/// Logs to standard output in the form of a console formatter, by <see cref="LogLines"/>. Its name in the configuration is that of the
/// console logger that it replaces.
/// </summary>
[ProviderAlias("Console")]
internal sealed class LogLinesProvider(ConsoleFormatter formatter, LogLines lines) : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider? _scopes;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    /// <inheritdoc/>
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    /// <inheritdoc/>
    public void Dispose() => lines.Dispose();

    private sealed class LineLogger(LogLinesProvider provider, string category) : ILogger
    {
        [ThreadStatic]
        private static StringWriter? _text;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => provider._scopes?.Push(state);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            var text = _text ??= new StringWriter(System.Globalization.CultureInfo.InvariantCulture);
            provider.Format(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), text);
            var all = text.GetStringBuilder();
            if (all.Length > 0)
            {
                provider.Add(all);
            }

            all.Clear();
            if (all.Capacity > MaxKept)
            {
                all.Capacity = MaxKept;
            }
        }
    }

    /// <summary>Characters that a thread keeps room for.</summary>
    private const int MaxKept = 4096;

    private void Format<TState>(in LogEntry<TState> entry, TextWriter text) => formatter.Write(entry, _scopes, text);

    private void Add(System.Text.StringBuilder text)
    {
        var chunks = text.GetChunks().GetEnumerator();
        if (chunks.MoveNext() && chunks.Current.Length == text.Length)
        {
            lines.Add(chunks.Current.Span);
        }
        else
        {
            lines.Add(text.ToString()); // a line is added whole, so that no other one gets between its parts
        }
    }
}
