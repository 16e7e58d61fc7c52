using Microsoft.AspNetCore.Server.Kestrel.Core;
using PolicySync.Ui;
using PolicySync.Ui.Hosting;

namespace PolicySync.Host.Ui;

/// <summary>Adds the operations page.</summary>
internal static class UiSetup
{
    public static void AddUi(this IServiceCollection services)
    {
        services.AddOperationsPage();
        services.AddSingleton<IPageHost, PageHost>();
        services.AddOptions<KestrelServerOptions>().Configure<ServedCertificates>(NoteCertificates);
    }

    /// <summary>Has the server say which certificates it serves, for pages of a process that listens with TLS only.</summary>
    internal static void NoteCertificates(KestrelServerOptions kestrel, ServedCertificates served) =>
        kestrel.ConfigureHttpsDefaults(https => https.OnAuthenticate = (_, connection) => served.Note(connection));
}
