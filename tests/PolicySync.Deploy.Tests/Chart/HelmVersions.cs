using PolicySync.Deploy.Tests.Support;

namespace PolicySync.Deploy.Tests.Chart;

/// <summary>The chart is the same chart with each Helm from 3.10 on.</summary>
public sealed class HelmVersions
{
    public static TheoryData<string> Versions => [.. NewerHelm.All.Select(helm => helm.Version)];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_newer_Helm_says_that_it_is_the_one_that_was_pinned(string version) =>
        Assert.StartsWith(version, await Command.SucceedAsync(NewerHelm.Of(version).Binary(), ["version", "--short"]), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_newer_Helm_renders_each_example_to_the_same_objects(string version)
    {
        var helm = NewerHelm.Of(version).Binary();
        foreach (var example in Example.All)
        {
            var ended = await Helm.TemplateWithAsync(helm, example.Files);

            Assert.True(ended.Code == 0, $"{example.Name}: {ended.All}");
            Assert.Equal(Texts(await example.ObjectsAsync()), Texts(Helm.Split(ended.Output)));
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_newer_Helm_lints_the_chart_strictly(string version)
    {
        var ended = await Helm.LintAsync(NewerHelm.Of(version).Binary(), Example.Of("01-split-token.yaml").Files);
        Assert.True(ended.Code == 0, ended.All);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_newer_Helm_refuses_an_unknown_value_by_its_name(string version)
    {
        var ended = await Helm.TemplateWithAsync(NewerHelm.Of(version).Binary(), Example.Of("01-split-token.yaml").Files, "silo.replica=3");
        Assert.NotEqual(0, ended.Code);
        Assert.Contains("replica", ended.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.27.0", true)]
    [InlineData("1.26.15", false)]
    public async Task The_oldest_Kubernetes_is_that_of_the_chart(string version, bool isTaken)
    {
        var example = Example.Of("01-split-token.yaml");
        var ended = await Command.RunAsync(
            Helm.Binary, ["template", "policy-sync-test", Helm.Chart, "--namespace", "policies", "--kube-version", version, .. example.Files.SelectMany(file => new[] { "--values", file })]);

        Assert.Equal(isTaken, ended.Code == 0);
        Assert.Equal(isTaken ? Texts(await example.ObjectsAsync()) : [], Texts(Helm.Split(ended.Output)));
    }

    // The order in which documents come is Helm's own.
    private static IEnumerable<string> Texts(IReadOnlyList<RenderedObject> objects) => objects.Select(item => Json.Of(item).ToJsonString()).Order(StringComparer.Ordinal);
}
