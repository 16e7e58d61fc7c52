namespace PolicySync.Host.ApiDocument;

internal static class ApiDocumentSetup
{
    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services.AddOpenApi();
}
