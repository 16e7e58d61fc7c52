using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using PolicySync.Cli.Tests.Support;
using PolicySync.Client.Tests.Support;

namespace PolicySync.Cli.Tests;

/// <summary>Export and import, and files that are no whole export.</summary>
[Collection(LiveServiceCollection.Name)]
public sealed class ExportTests : IDisposable
{
    private readonly LiveService _service;
    private readonly Terminal _terminal = new() { Time = TimeProvider.System };

    public ExportTests(LiveService service)
    {
        _service = service;
        _terminal.Variables["POLICYSYNC_URL"] = service.Url.ToString();
        _terminal.Variables["POLICYSYNC_TOKEN"] = service.Token("policysync.ops policysync.tasks");
    }

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public async Task What_was_exported_is_known_to_the_service_when_it_is_imported()
    {
        var path = await ExportAsync();

        Terminal.AssertOwnerOnly(path);
        var lines = await File.ReadAllLinesAsync(path);
        Assert.StartsWith("{\"policysyncExport\":1,\"instance\":\"instance1\",\"version\":\"", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.Contains("\"kind\":\"STATE\",\"type\":\"table\",\"fullName\":\"main.sales.orders\"", StringComparison.Ordinal));
        Assert.StartsWith("{\"end\":true,\"counts\":{", lines[^1], StringComparison.Ordinal);
        var trial = await _terminal.RunAsync($"import {path} --dry-run");
        var import = await _terminal.RunAsync($"import {path}");
        var json = await _terminal.RunAsync($"import {path} -o json");
        Assert.Equal((0, 0, 0), (trial.ExitCode, import.ExitCode, json.ExitCode));
        Assert.Equal("nothing was stored\n", trial.Error);
        var counts = JsonNode.Parse(json.Out)!["counts"]!.AsObject();
        Assert.Equal(["UNCHANGED"], counts.Select(count => count.Key));
        Assert.Equal($"UNCHANGED  {counts["UNCHANGED"]}\n", import.Out);
        Assert.Equal((await _terminal.RunAsync($"import {path}")).Out, import.Out);
    }

    [Fact]
    public async Task Standard_output_has_the_same_lines_as_a_file()
    {
        var path = await ExportAsync();

        var ran = await _terminal.RunAsync("export");

        Assert.Equal((0, ""), (ran.ExitCode, ran.Error));
        Assert.Equal((await File.ReadAllLinesAsync(path))[1..^1], ran.Out.Split('\n')[1..^2]);
        Assert.Equal(0, (await _terminal.RunAsync($"import {_terminal.Write("copy", ran.Out)}")).ExitCode);
    }

    [Fact]
    public async Task A_file_that_exists_is_replaced_only_by_force_and_stays_where_the_export_fails()
    {
        var path = _terminal.Write("backup", "mine");

        var refused = await _terminal.RunAsync($"export --out {path}");
        Assert.Equal((ExitCode.Error, $"error: {path} exists\nremedy: give another file, or `--force` to replace it\n"), (refused.ExitCode, refused.Error));
        var failed = await _terminal.RunAsync($"export --out {path} --force --token-file {_terminal.Write("token", "no token")}");
        Assert.Equal(ExitCode.NotAllowed, failed.ExitCode);
        Assert.Equal("mine", await File.ReadAllTextAsync(path));
        Assert.Equal(0, (await _terminal.RunAsync($"export --out {path} --force")).ExitCode);
        Assert.NotEqual("mine", await File.ReadAllTextAsync(path));
        Assert.DoesNotContain(Directory.GetFiles(_terminal.Folder), file => file.EndsWith(".new", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_export_says_what_it_has()
    {
        await ExportAsync();

        var ran = await _terminal.RunAsync($"export --out {Path.Combine(_terminal.Folder, "second")} -o json");

        Assert.True(JsonNode.Parse(ran.Out)!["counts"]!["STATE"]!.GetValue<int>() > 0);
        Assert.Equal(Path.Combine(_terminal.Folder, "second"), (string?)JsonNode.Parse(ran.Out)!["file"]);
    }

    [Fact]
    public async Task A_token_without_the_scope_of_operators_is_refused()
    {
        var ran = await _terminal.RunAsync($"export --token-file {_terminal.Write("token", _service.Token("policysync.read"))}");

        Assert.Equal(ExitCode.NotAllowed, ran.ExitCode);
        Assert.StartsWith("error: INSUFFICIENT_SCOPE: ", ran.Error, StringComparison.Ordinal);
        Assert.Equal("", ran.Out);
    }

    [Theory]
    [InlineData("cut", "line 1 is the last one, and not the end of an export: the file is not whole", "export again, or use another copy of the file")]
    [InlineData("cut in a line", "line 2 is not a line of an export", "export again, or use another copy of the file")]
    [InlineData("a line less", "does not fit to the lines before: the file was changed after it was exported", "import the file as it was exported")]
    [InlineData("edited", "does not fit to the lines before: the file was changed after it was exported", "import the file as it was exported")]
    [InlineData("a line more", "is behind the end of the export", "export again, or use another copy of the file")]
    [InlineData("empty", "line 1 is missing: the file is empty", "export again, or use another copy of the file")]
    [InlineData("other", "line 1 is not the head of an export", "give a file that `policysync export` wrote")]
    [InlineData("newer", "line 1 has another form of export than 1", "use the policysync of the version that made the export, or a newer one")]
    [InlineData("binary", "is not text in UTF-8", "export again, or use another copy of the file")]
    public async Task A_file_that_is_no_whole_export_is_refused_with_the_line_and_a_remedy(string damage, string message, string remedy)
    {
        var whole = await File.ReadAllTextAsync(await ExportAsync());
        var lines = whole.Split('\n');
        var path = _terminal.Write("damaged", damage switch
        {
            "cut" => lines[0] + "\n",
            "cut in a line" => whole[..(lines[0].Length + 20)],
            "a line less" => string.Join('\n', lines[..1].Concat(lines[2..])),
            "edited" => whole.Replace("SELECT", "MODIFY", StringComparison.Ordinal),
            "a line more" => whole + lines[1],
            "empty" => "",
            "other" => "{\"policies\":[]}",
            "newer" => whole.Replace("policysyncExport\":1", "policysyncExport\":2", StringComparison.Ordinal),
            _ => "",
        });
        if (damage == "binary")
        {
            await File.WriteAllBytesAsync(path, [.. Encoding.UTF8.GetBytes(lines[0] + "\n"), 0xFF, 0xFE]);
        }

        var ran = await _terminal.RunAsync($"import {path}");

        Assert.Equal((ExitCode.Error, ""), (ran.ExitCode, ran.Out));
        Assert.StartsWith($"error: {path}: line ", ran.Error, StringComparison.Ordinal);
        Assert.Contains(message, ran.Error, StringComparison.Ordinal);
        Assert.EndsWith($"remedy: {remedy}\n", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_of_another_instance_needs_its_name()
    {
        var path = _terminal.Write("other", OfInstance("other", await File.ReadAllLinesAsync(await ExportAsync())));

        var refused = await _terminal.RunAsync($"import {path}");
        Assert.Equal(ExitCode.Error, refused.ExitCode);
        Assert.Contains("is `other`, and this service is instance `instance1`", refused.Error, StringComparison.Ordinal);
        Assert.Contains("remedy: give `--from-instance other`", refused.Error, StringComparison.Ordinal);
        var wrong = await _terminal.RunAsync($"import {path} --from-instance third");
        Assert.Equal((ExitCode.Error, $"error: {path} is an export of instance `other`, not of `third`\nremedy: give `--from-instance other` if that is meant\n"), (wrong.ExitCode, wrong.Error));
        Assert.Equal(0, (await _terminal.RunAsync($"import {path} --from-instance other")).ExitCode);
    }

    [Fact]
    public async Task An_import_that_is_interrupted_is_run_again()
    {
        var path = await ExportAsync();
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();

        var interrupted = await _terminal.RunAsync($"import {path}", cancellation: stopped.Token);

        Assert.Equal(ExitCode.Interrupted, interrupted.ExitCode);
        Assert.StartsWith("error: interrupted after 0 of ", interrupted.Error, StringComparison.Ordinal);
        Assert.EndsWith("remedy: run the import again; it adds what is missing\n", interrupted.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await _terminal.RunAsync($"import {path}")).ExitCode);
    }

    [Fact]
    public async Task A_state_without_a_name_is_told_and_left_out()
    {
        var lines = (await File.ReadAllLinesAsync(await ExportAsync())).ToList();
        lines.Insert(1, "{\"kind\":\"UNNAMED\",\"fullName\":\"table:ttt\",\"content\":{}}");
        var path = _terminal.Write("unnamed", OfInstance("instance1", [.. lines]));

        var ran = await _terminal.RunAsync($"import {path}");

        Assert.Equal((ExitCode.Error, "1 records of the export have no name and were left out\n"), (ran.ExitCode, ran.Error));
    }

    private async Task<string> ExportAsync()
    {
        await _terminal.RunAsync("sync table main.sales.orders --wait");
        var path = Path.Combine(_terminal.Folder, $"export-{Directory.GetFiles(_terminal.Folder).Length}");
        var ran = await _terminal.RunAsync($"export --out {path}");
        Assert.Equal((0, ""), (ran.ExitCode, ran.Error));
        Assert.Contains("STATE", ran.Out, StringComparison.Ordinal);
        return path;
    }

    // The same records as another instance would have exported them, with an end that fits.
    private static string OfInstance(string instance, string[] lines)
    {
        lines[0] = lines[0].Replace("\"instance1\"", $"\"{instance}\"", StringComparison.Ordinal);
        var before = string.Concat(lines[..^1].Select(line => line + "\n"));
        var counts = new JsonObject(lines[1..^1].GroupBy(line => (string)JsonNode.Parse(line)!["kind"]!).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => KeyValuePair.Create(group.Key, (JsonNode?)group.Count())));
        return $"{before}{{\"end\":true,\"counts\":{counts.ToJsonString()},\"sha256\":\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(before)))}\"}}\n";
    }
}
