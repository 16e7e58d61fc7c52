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
        services.AddOptions<KestrelServerOptions>().Configure<ServedCertificates>(static (kestrel, served) =>
            kestrel.ConfigureHttpsDefaults(https => https.OnAuthenticate = (_, connection) => served.Note(connection)));
    }
}
