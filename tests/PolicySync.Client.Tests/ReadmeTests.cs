using Microsoft.CodeAnalysis;
using PolicySync.Client.Tests.Support;

namespace PolicySync.Client.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void Every_example_of_the_README_compiles()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "src", "PolicySync.Client", "README.md"));
        var examples = readme.Split("```csharp\n").Skip(1).Select(part => part[..part.IndexOf("```", StringComparison.Ordinal)]).ToList();

        Assert.NotEmpty(examples);
        Assert.All(examples, example =>
        {
            var faults = CodeCompiler.Compile(OutputKind.ConsoleApplication, example).GetDiagnostics()
                .Where(found => found.Severity == DiagnosticSeverity.Error);
            Assert.True(!faults.Any(), $"{example}\n{string.Join('\n', faults)}");
        });
    }
}
