using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PolicySync.SourceSize;

/// <summary>Sizes of C# source, as the compiler's parser sees it.</summary>
public sealed class Sources
{
    private Sources(IReadOnlyList<Measure> files, IReadOnlyList<Measure> methods, IReadOnlyList<Measure> constructors) =>
        (Files, Methods, Constructors) = (files, methods, constructors);

    /// <summary>Files with their lines.</summary>
    public IReadOnlyList<Measure> Files { get; }

    /// <summary>Methods, constructors, accessors and local functions with their lines, without comments before them.</summary>
    public IReadOnlyList<Measure> Methods { get; }

    /// <summary>Constructors with their parameters; those of positional records and primary ones too.</summary>
    public IReadOnlyList<Measure> Constructors { get; }

    /// <summary>Reads every C# file below a folder, but what builds put there.</summary>
    public static Sources ReadFolder(string folder) => Read(Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Select(path => (Path: Path.GetRelativePath(folder, path).Replace('\\', '/'), File: path))
        .Where(one => !one.Path.Split('/').Any(part => part is "obj" or "bin"))
        .OrderBy(one => one.Path, StringComparer.Ordinal)
        .Select(one => (one.Path, File.ReadAllText(one.File))));

    /// <summary>Reads texts of files.</summary>
    public static Sources Read(IEnumerable<(string Path, string Text)> files)
    {
        List<Measure> sizes = [], methods = [], constructors = [];
        foreach (var (path, text) in files)
        {
            var root = CSharpSyntaxTree.ParseText(text).GetRoot();
            sizes.Add(new Measure(path, text.Split('\n').Length - (text.EndsWith('\n') ? 1 : 0)));
            methods.AddRange(root.DescendantNodes().Where(IsMethod).Select(node => new Measure($"{path} {NameOf(node)}", LinesOf(node))));
            constructors.AddRange(root.DescendantNodes().Select(ParametersOf).OfType<Measure>());
        }

        return new Sources(sizes, methods, constructors);
    }

    private static bool IsMethod(SyntaxNode node) =>
        node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax;

    private static int LinesOf(SyntaxNode node)
    {
        var lines = node.GetLocation().GetLineSpan();
        return lines.EndLinePosition.Line - lines.StartLinePosition.Line + 1;
    }

    private static Measure? ParametersOf(SyntaxNode node) => node switch
    {
        ConstructorDeclarationSyntax constructor => new Measure(TypeOf(constructor), constructor.ParameterList.Parameters.Count),
        TypeDeclarationSyntax { ParameterList: { } parameters } type => new Measure(TypeOf(type), parameters.Parameters.Count),
        _ => null,
    };

    private static string NameOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => $"{TypeOf(method)}.{method.Identifier.Text}",
        ConstructorDeclarationSyntax constructor => $"{TypeOf(constructor)}.{constructor.Identifier.Text}",
        LocalFunctionStatementSyntax function => $"{TypeOf(function)}.{function.Identifier.Text}",
        AccessorDeclarationSyntax { Parent.Parent: PropertyDeclarationSyntax property } accessor =>
            $"{TypeOf(accessor)}.{property.Identifier.Text}.{accessor.Keyword.Text}",
        _ => $"{TypeOf(node)}.{node.Kind()}",
    };

    private static string TypeOf(SyntaxNode node) =>
        string.Join('.', node.AncestorsAndSelf().OfType<BaseTypeDeclarationSyntax>().Reverse().Select(type => type.Identifier.Text));
}

/// <summary>One thing and how large it is.</summary>
/// <param name="Name">A path below the folder, or a type, or both with a member.</param>
/// <param name="Size">Lines, or parameters.</param>
public sealed record Measure(string Name, int Size);
