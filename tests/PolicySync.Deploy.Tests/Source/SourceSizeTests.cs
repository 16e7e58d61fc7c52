using PolicySync.SourceSize;

namespace PolicySync.Deploy.Tests.Source;

/// <summary>What <c>deploy/dev.sh size</c> measures, and its one limit.</summary>
public sealed class SourceSizeTests
{
    private static readonly string[] Long =
    [
        .. Sources.ReadFolder(Path.Combine(Repository.Root, "src")).Constructors
            .Where(constructor => constructor.Size > ArguedConstructors.MaxParameters)
            .Select(constructor => constructor.Name),
    ];

    [Fact]
    public void Every_constructor_with_over_7_parameters_has_a_reason_in_the_list() =>
        Assert.Empty(Long.Except(ArguedConstructors.Read().Keys, StringComparer.Ordinal));

    [Fact]
    public void Every_reason_in_the_list_is_for_a_constructor_with_over_7_parameters() =>
        Assert.Empty(ArguedConstructors.Read().Keys.Except(Long, StringComparer.Ordinal));

    [Theory]
    [InlineData("class C { public C(int a, int b) { } }", 2)]
    [InlineData("class C(int a, int b, int c);", 3)]
    [InlineData("record R(int A);", 1)]
    [InlineData("readonly record struct R(int A, int B);", 2)]
    public void Parameters_of_every_form_of_constructor_are_counted(string text, int parameters) =>
        Assert.Equal(new Measure(text.Contains('C') ? "C" : "R", parameters), Assert.Single(Sources.Read([("a.cs", text)]).Constructors));

    [Fact]
    public void The_lines_of_a_method_are_those_of_its_declaration_without_comments_before_it()
    {
        const string Text = """
            class C
            {
                /// <summary>Two lines
                /// of comment.</summary>
                void M()
                {
                    void Inner() { }
                }

                int P => 1;
            }

            """;
        var read = Sources.Read([("a.cs", Text)]);

        Assert.Equal([new("a.cs C.M", 4), new("a.cs C.Inner", 1)], read.Methods);
        Assert.Equal([new("a.cs", 11)], read.Files);
    }
}
