using System.Diagnostics;

namespace UnityCatalog.Emulator.Tests;

/// <summary>The executable itself.</summary>
public class ProcessTests
{
    [Fact]
    public async Task The_emulator_starts_on_a_free_port_from_any_folder_and_reports_its_address()
    {
        var folder = Directory.CreateTempSubdirectory("emulator");
        var portFile = Path.Combine(folder.FullName, "url");
        using var process = Start(folder.FullName, "--urls", "http://127.0.0.1:0", "--port-file", portFile, "--token=mine");
        try
        {
            for (var attempt = 0; attempt < 1200 && !File.Exists(portFile); attempt++)
            {
                await Task.Delay(50);
            }

            using var http = new HttpClient { BaseAddress = new Uri(await File.ReadAllTextAsync(portFile)) };
            http.DefaultRequestHeaders.Authorization = new("Bearer", "mine");
            Assert.Contains("\"status\": \"ok\"", await http.GetStringAsync("/_emulator/health"));
            Assert.Contains("main.sales.customers", await http.GetStringAsync("/api/2.1/unity-catalog/tables/main.sales.customers"));
            Assert.StartsWith("http://127.0.0.1:", http.BaseAddress.ToString());
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(2, "unknown argument --colour", "--colour", "red")]
    [InlineData(2, "--state needs a value", "--state")]
    [InlineData(1, "cannot start:", "--state", "no-such-file.json")]
    public async Task A_wrong_command_line_is_told_in_words(int exitCode, string words, params string[] arguments)
    {
        using var process = Start(Path.GetTempPath(), arguments);

        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(exitCode, process.ExitCode);
        Assert.Contains(words, error);
    }

    private static Process Start(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add(typeof(Hosting.EmulatorServer).Assembly.Location);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
