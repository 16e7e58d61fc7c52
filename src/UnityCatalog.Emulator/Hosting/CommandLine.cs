namespace UnityCatalog.Emulator.Hosting;

/// <summary>Reads the command line.</summary>
internal static class CommandLine
{
    public const string Usage =
        """
        UnityCatalog.Emulator [--urls URL] [--state FILE] [--port-file FILE] [--token TOKEN[=PRINCIPAL]]...
          --urls       where to listen, default http://127.0.0.1:8585; port 0 takes a free one
          --state      state file; default: the sample metastore
          --port-file  is written with the URL in use once requests are served
          --token      a further bearer token; without a principal it is for the principal of the state's first token
        """;

    /// <summary>Null, and why, when the line cannot be read.</summary>
    public static EmulatorOptions? Parse(IReadOnlyList<string> args, out string? error)
    {
        var options = new EmulatorOptions();
        error = null;
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = Split(args, ref i);
            if (value is null)
            {
                error = $"{name} needs a value";
                return null;
            }

            switch (name)
            {
                case "--urls":
                    options = options with { Url = value };
                    break;
                case "--state":
                    options = options with { StateFile = value };
                    break;
                case "--port-file":
                    options = options with { PortFile = value };
                    break;
                case "--token":
                    options = options with { Tokens = [.. options.Tokens, value] };
                    break;
                default:
                    error = $"unknown argument {name}";
                    return null;
            }
        }

        return options;
    }

    private static (string Name, string? Value) Split(IReadOnlyList<string> args, ref int i)
    {
        var equals = args[i].IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? (args[i][..equals], args[i][(equals + 1)..])
            : (args[i], ++i < args.Count ? args[i] : null);
    }
}
