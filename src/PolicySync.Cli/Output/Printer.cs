using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace PolicySync.Cli.Output;

/// <summary>The form of what a command writes.</summary>
internal enum OutputFormat
{
    Table,
    Json,
    Yaml,
}

/// <summary>Writes the result of a command in the form that was asked for.</summary>
internal sealed class Printer(World world, OutputFormat format)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        // Takes the names on the wire, and has one for what the client does not know.
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseUpper) },
    };

    private readonly IAnsiConsole _console = Console(world);

    public bool IsTable => format == OutputFormat.Table;

    /// <summary>Writes <paramref name="result"/> for programs, or calls <paramref name="table"/> for people.</summary>
    public void Print(object result, Action<Printer> table)
    {
        switch (format)
        {
            case OutputFormat.Json:
                world.Out.WriteLine(JsonSerializer.Serialize(result, Format));
                break;
            case OutputFormat.Yaml:
                world.Out.Write(Yaml.Write(JsonSerializer.SerializeToNode(result, Format)));
                break;
            default:
                table(this);
                break;
        }
    }

    /// <summary>The name of an enumeration's value on the wire.</summary>
    public static string Name<T>(T value)
        where T : struct, Enum => JsonSerializer.SerializeToNode(value, Format)!.GetValue<string>();

    public void Line(string text = "") => world.Out.WriteLine(PlainText.Clean(text));

    /// <summary>Writes JSON, indented.</summary>
    public void Json(JsonElement json)
    {
        foreach (var line in JsonSerializer.Serialize(json, Format).Split('\n'))
        {
            Line(line);
        }
    }

    /// <summary>A line of an outline, indented by its depth, and broken between words at the width of the terminal.</summary>
    public void Outline(int depth, string text)
    {
        foreach (var line in Broken(depth, text))
        {
            world.Out.WriteLine(line);
        }
    }

    /// <summary>A line of a diff, as <see cref="Diff(string)"/> colours it, indented and broken as <see cref="Outline"/> does.</summary>
    public void Diff(int depth, char mark, string text)
    {
        foreach (var line in Broken(depth, $"{mark} {text}"))
        {
            Coloured(mark, line);
        }
    }

    private IEnumerable<string> Broken(int depth, string text)
    {
        var indent = new string(' ', 2 * depth);
        var line = indent;
        foreach (var word in PlainText.Clean(text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > indent.Length && line.Length + word.Length + 1 > world.Width)
            {
                yield return line;
                indent = new string(' ', (2 * depth) + 2);
                line = indent;
            }

            line += line.Length > indent.Length ? $" {word}" : word;
        }

        yield return line.TrimEnd();
    }

    /// <summary>A value as it is written for programs.</summary>
    public static string Text(object value) => JsonSerializer.Serialize(value, Format);

    /// <summary>Writes a line of a diff: what is added in green, removed in red, changed in yellow, on a terminal.</summary>
    public void Diff(string line) => Coloured(line.TrimStart() is [var mark, ..] ? mark : ' ', PlainText.Clean(line));

    private void Coloured(char mark, string line)
    {
        var color = !world.HasColor ? null : mark switch { '+' => "32", '-' => "31", '~' => "33", _ => null };
        world.Out.WriteLine(color is null ? line : $"\e[{color}m{line}\e[0m");
    }

    /// <summary>A line that begins with a status, in its colour, and is broken between words at the width of the terminal.</summary>
    public void Check(string status, string text)
    {
        const int column = 8;
        var lines = new List<string> { "" };
        foreach (var word in PlainText.Clean(text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (lines[^1].Length > 0 && column + lines[^1].Length + word.Length + 1 > world.Width)
            {
                lines.Add("");
            }

            lines[^1] += lines[^1].Length > 0 ? $" {word}" : word;
        }

        var mark = world.HasColor ? $"\e[{(status switch { "OK" => 32, "FAIL" => 31, _ => 33 })}m{status}\e[0m{new string(' ', Math.Max(1, column - status.Length))}" : status.PadRight(column);
        world.Out.WriteLine(mark + lines[0]);
        foreach (var line in lines.Skip(1))
        {
            world.Out.WriteLine(new string(' ', column) + line);
        }
    }

    /// <summary>Writes a note beside the result.</summary>
    public void Note(string text) => world.Error.WriteLine(PlainText.Clean(text));

    /// <summary>Names and values in two columns; pairs without a value are left out.</summary>
    public void Pairs(params IEnumerable<(string Name, string? Value)> pairs)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadLeft(0).PadRight(2)).AddColumn(new GridColumn().PadLeft(0).PadRight(0));
        foreach (var (name, value) in pairs)
        {
            if (value is { Length: > 0 })
            {
                grid.AddRow(new Text(name, new Style(decoration: Decoration.Bold)), Cell(value));
            }
        }

        Write(grid);
    }

    /// <summary>A table; only columns whose title ends in <c>…</c> break their text.</summary>
    public void Rows(string[] titles, IEnumerable<string[]> rows)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var title in titles)
        {
            var column = new TableColumn(new Text(title.TrimEnd('…'), new Style(decoration: Decoration.Bold))).PadLeft(0).PadRight(2);
            table.AddColumn(title.EndsWith('…') ? column : column.NoWrap());
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(Cell));
        }

        Write(table);
    }

    private static Text Cell(string text) => new(PlainText.Clean(text), new Style(ColorOf(text)));

    private static Color ColorOf(string text) => text switch
    {
        "SUCCESS" or "SUCCEEDED" => Color.Green,
        "FAILED" or "PARTIAL" or "EXPOSED" => Color.Red,
        "DRIFTED" or "SUCCEEDED_WITH_GAPS" or "WITHHELD" or "SKIPPED" or "CANCELLED" => Color.Yellow,
        _ => Color.Default,
    };

    // Spectre fills lines with spaces up to the width of a column, which is noise in files.
    private void Write(Spectre.Console.Rendering.IRenderable what)
    {
        using var buffer = new StringWriter();
        _console.Profile.Out = new AnsiConsoleOutput(buffer);
        _console.Profile.Width = world.Width;
        _console.Write(what);
        foreach (var line in buffer.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
        {
            world.Out.WriteLine(line.TrimEnd());
        }
    }

    private static IAnsiConsole Console(World world) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = world.HasColor ? AnsiSupport.Yes : AnsiSupport.No,
        ColorSystem = world.HasColor ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.No,
        Out = new AnsiConsoleOutput(world.Out),
    });
}
