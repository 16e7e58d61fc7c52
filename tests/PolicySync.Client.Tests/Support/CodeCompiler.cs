using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace PolicySync.Client.Tests.Support;

/// <summary>Compiles code as a project of the SDK with its defaults would.</summary>
internal static class CodeCompiler
{
    // What the SDK adds to every file of a project by default: names of clients must not clash with what these bring.
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions Latest = new(LanguageVersion.Latest);

    public static CSharpCompilation Compile(OutputKind kind, params IEnumerable<string> files) => CSharpCompilation.Create(
        "Compiled",
        files.Prepend(ImplicitUsings).Select(text => CSharpSyntaxTree.ParseText(text, Latest)),
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(file => MetadataReference.CreateFromFile(file)),
        new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable));
}
