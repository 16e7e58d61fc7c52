using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PolicySync.Adapters.Policies;
using PolicySync.Adapters.Tests.Support;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;

namespace PolicySync.Adapters.Tests.Policies;

public sealed class KeepingPolicies : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LogCapture _log = new();
    private readonly LoggerFactory _loggers = new();

    public KeepingPolicies() => _loggers.AddProvider(_log);

    public void Dispose()
    {
        _loggers.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(PolicySourceKind.Folder)]
    [InlineData(PolicySourceKind.RangerAdmin)]
    public async Task Cached_policies_are_read_whole_by_another_process(PolicySourceKind kind)
    {
        using var bench = SourceBench.Of(kind);
        var download = (await bench.Source.ReadAsync(null, default))!;
        await Cache().KeepAsync(download.Stamp, download.Documents, default);

        var kept = await Cache().FindAsync(download.Stamp, default);

        Assert.Equal(
            (download.Stamp, "p", 3L, 4L, 5L),
            (kept!.Stamp, kept.Policies.Policies![0].Name, kept.Roles!.RoleVersion, kept.UserStore!.UserStoreVersion, kept.Tags!.TagVersion));
        Assert.Equal(["policies.cache"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_document_that_was_not_there_comes_back_as_none_and_not_as_an_empty_one()
    {
        var download = Download(roles: null);
        await Cache().KeepAsync(download.Stamp, download.All, default);

        Assert.Null((await Cache().FindAsync(download.Stamp, default))!.Roles);
    }

    [Fact]
    public async Task The_last_that_was_kept_takes_the_place_of_the_one_before()
    {
        var (first, second) = (Download(version: 1), Download(version: 2));
        await Cache().KeepAsync(first.Stamp, first.All, default);
        await Cache().KeepAsync(second.Stamp, second.All, default);

        Assert.Null(await Cache().FindAsync(first.Stamp, default));
        Assert.Equal(2, (await Cache().FindAsync(second.Stamp, default))!.Policies.PolicyVersion);
    }

    [Fact]
    public async Task Damage_anywhere_is_found_and_the_file_not_used()
    {
        var download = Download();
        await Cache().KeepAsync(download.Stamp, download.All, default);
        var whole = File.ReadAllBytes(_folder["policies.cache"]);
        var header = Array.IndexOf(whole, (byte)'\n');
        for (var at = header + 1; at < whole.Length; at += 7)
        {
            byte[] flipped = [.. whole];
            flipped[at] ^= 1;
            File.WriteAllBytes(_folder["policies.cache"], flipped);
            Assert.Null(await Cache().FindAsync(download.Stamp, default));
            File.WriteAllBytes(_folder["policies.cache"], whole[..at]);
            Assert.Null(await Cache().FindAsync(download.Stamp, default));
        }

        foreach (var text in new[] { "", "\n", "{}\n", "oops", """{"form":2}""" + "\n", """{"form":1,"stamp":"s","parts":[{"name":"policies.json","length":-1}]}""" + "\n" })
        {
            File.WriteAllText(_folder["policies.cache"], text);
            Assert.Null(await Cache().FindAsync(download.Stamp, default));
        }

        File.WriteAllBytes(_folder["policies.cache"], whole);
        Assert.NotNull(await Cache().FindAsync(download.Stamp, default));
    }

    [Fact]
    public async Task Nothing_is_kept_or_found_without_a_folder()
    {
        var cache = new PolicyCacheFile(Options.Create(new PoliciesOptions()), _loggers.CreateLogger<PolicyCacheFile>());
        var download = Download();

        await cache.KeepAsync(download.Stamp, download.All, default);

        Assert.Null(await cache.FindAsync(download.Stamp, default));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_logged_and_stops_no_caller()
    {
        var download = Download();
        Directory.CreateDirectory(_folder["policies.cache.next"]); // where the next file would be made

        await Cache().KeepAsync(download.Stamp, download.All, default);

        Assert.Contains(_log.Lines, line => line.Contains("Could not cache the policies", StringComparison.Ordinal));
        Assert.Null(await Cache().FindAsync(download.Stamp, default));
    }

    [Fact]
    public async Task The_file_holds_no_credential_and_is_for_the_services_user_only()
    {
        using var world = new RangerWorld();
        var download = (await world.ReadAsync())!;
        await Cache().KeepAsync(download.Stamp, download.Documents, default);

        var text = File.ReadAllText(_folder["policies.cache"]);
        Assert.DoesNotContain(RangerWorld.Password, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes($"sync:{RangerWorld.Password}")), text, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["policies.cache"]));
        }
    }

    private static RangerDocuments Download(long version = 7, string? roles = """{"roleVersion":3}""") => new(
        new PolicyDocument(RangerDocuments.PoliciesName, Encoding.UTF8.GetBytes(RangerWorld.PoliciesJson(version))),
        new PolicyDocument(RangerDocuments.RolesName, roles is null ? null : Encoding.UTF8.GetBytes(roles)),
        new PolicyDocument(RangerDocuments.UserStoreName, null),
        new PolicyDocument(RangerDocuments.TagsName, null));

    // Each time as after a restart: nothing is remembered but the file.
    private PolicyCacheFile Cache() => new(
        Options.Create(new PoliciesOptions { CacheFolder = _folder.Path }), _loggers.CreateLogger<PolicyCacheFile>());
}
