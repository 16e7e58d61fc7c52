using System.Globalization;
using PolicySync.Deploy.Tests.Support;

namespace PolicySync.Deploy.Tests.Image;

/// <summary>The image of <c>deploy/Dockerfile</c>, built by buildah on a local base of nothing but ASP.NET Core and its libraries.</summary>
public sealed class ImageTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IDisposable
{
    private const string Tag = "localhost/policy-sync:test";

    private static readonly string Scripts = Path.Combine(Repository.Root, "tests", "PolicySync.Deploy.Tests", "Image");

    private readonly string _folder = Directory.CreateTempSubdirectory("policysync-image-").FullName;

    private string[] Store => ["--root", Path.Combine(_folder, "store"), "--runroot", Path.Combine(_folder, "run"), "--storage-driver", "vfs"];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [RootFact]
    [Trait("Category", "Long")]
    public async Task The_image_builds_and_answers_ready_as_an_unprivileged_user_on_a_read_only_root()
    {
        await BuildAsync();
        await using var emulator = await Emulator.StartAsync();
        var port = FreePort.Next();
        var environment = Settings(emulator, port);

        await using var container = ChildProcess.Start(Path.Combine(Scripts, "run.sh"), [Tag, .. Store], environment);
        using var http = new HttpClient { BaseAddress = new Uri(environment["ASPNETCORE_URLS"]) };
        await Wait.ForAsync(
            async () =>
            {
                try
                {
                    return (await http.GetAsync("health/ready")).IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            ready => ready || (container.HasExited ? throw new TimeoutException(container.Output) : false), TimeSpan.FromSeconds(120), _ => container.Output);

        // As the pod of helm test does it.
        var doctor = await Command.SucceedAsync(
            Path.Combine(Scripts, "run.sh"), [Tag, .. Store],
            new Dictionary<string, string> { ["IMAGE_COMMAND"] = "/app/cli/policysync doctor --without-token", ["POLICYSYNC_URL"] = environment["ASPNETCORE_URLS"], ["HOME"] = "/tmp" });
        Assert.Contains("network: connects", doctor, StringComparison.Ordinal);

        var status = await File.ReadAllTextAsync($"/proc/{container.Id}/status");
        Assert.Matches("Uid:\\s1654\\s1654\\s1654\\s1654\n", status);
        Assert.Matches("CapEff:\\s0000000000000000\n", status);
        Assert.Contains(await File.ReadAllLinesAsync($"/proc/{container.Id}/mountinfo"), line => line.Split(' ')[4] == "/" && line.Split(' ')[5].Split(',')[0] == "ro");
    }

    private async Task BuildAsync()
    {
        await Command.SucceedAsync(Path.Combine(Scripts, "base.sh"), ["localhost/base", .. Store]);
        await Command.SucceedAsync(
            Path.Combine(Repository.Root, "deploy", "image.sh"), ["--tag", Tag, "--base", "localhost/base", "--", "--isolation", "chroot"],
            new Dictionary<string, string> { ["BUILDER"] = $"buildah {string.Join(' ', Store)} bud" });
    }

    // An authority that does not exist will do: nobody signs in here, and no file of keys need be mounted.
    private Dictionary<string, string> Settings(Emulator emulator, int port) =>
        new(StringComparer.Ordinal)
        {
            ["ASPNETCORE_URLS"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"),
            ["PolicySync__Workspace__Host"] = emulator.Url.ToString(),
            ["PolicySync__Workspace__Token"] = "dapi-emulator-policysync",
            ["PolicySync__Policies__Folder"] = "/tmp",
            ["PolicySync__Auth__Authority"] = "https://login.example",
            ["PolicySync__Storage__ConnectionString"] = azurite.ConnectionString,
            ["PolicySync__Storage__TablePrefix"] = "Image",
            ["PolicySync__Cluster__SiloPort"] = FreePort.Next().ToString(CultureInfo.InvariantCulture),
            ["PolicySync__Cluster__GatewayPort"] = FreePort.Next().ToString(CultureInfo.InvariantCulture),
        };
}
