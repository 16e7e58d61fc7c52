using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using NJsonSchema.CodeGeneration.CSharp;
using NSwag;
using NSwag.CodeGeneration.CSharp;
using PolicySync.Client.Tests.Support;

namespace PolicySync.Client.Tests.Generated;

/// <summary>A client that NSwag makes of the document, compiled together with code that uses it.</summary>
internal static class CSharpClient
{
    /// <summary>Compiles the client and <paramref name="code"/>, whose class <c>Program</c> has the method to call.</summary>
    public static async Task<MethodInfo> CompileAsync(string document, string code)
    {
        var compilation = CodeCompiler.Compile(OutputKind.DynamicallyLinkedLibrary, await GenerateAsync(document), code);
        using var assembly = new MemoryStream();
        var result = compilation.Emit(assembly);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error)));
        assembly.Position = 0;
        return new AssemblyLoadContext("generated client").LoadFromStream(assembly).GetType("Program")!.GetMethod("RunAsync")!;
    }

    private static async Task<string> GenerateAsync(string document)
    {
        var settings = new CSharpClientGeneratorSettings { ClassName = "PolicySyncApi" };
        settings.CSharpGeneratorSettings.Namespace = "Generated";
        settings.CSharpGeneratorSettings.JsonLibrary = CSharpJsonLibrary.SystemTextJson;
        settings.CSharpGeneratorSettings.GenerateNullableReferenceTypes = true;
        settings.CSharpGeneratorSettings.GenerateOptionalPropertiesAsNullable = true;
        settings.GenerateOptionalParameters = true;
        return new CSharpClientGenerator(await OpenApiDocument.FromJsonAsync(document), settings).GenerateFile();
    }
}
