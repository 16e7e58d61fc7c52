using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using UnityCatalog.Emulator.Admin;
using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Faults;
using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.Permissions;
using UnityCatalog.Emulator.Principals;
using UnityCatalog.Emulator.Recording;
using UnityCatalog.Emulator.Sql;
using UnityCatalog.Emulator.State;
using UnityCatalog.Emulator.Tags;

namespace UnityCatalog.Emulator.Hosting;

/// <summary>An emulator in this process.</summary>
public static class EmulatorServer
{
    /// <summary>Assembles an emulator that is not yet listening.</summary>
    public static WebApplication Build(EmulatorOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls(options.Url);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
        });

        // Held requests end with the emulator; nothing else is worth waiting for.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.Services.AddSingleton(options.Time);
        builder.Services.AddSingleton(new WorkspaceHost(() => InitialState.Load(options), options.Time));
        builder.Services.AddSingleton<FaultStore>();
        builder.Services.AddSingleton(new CallLog(options.RecordedCalls, options.Time));
        builder.Services.AddSingleton<RequestPipeline>();
        var app = builder.Build();
        MapService(new RouteTable(app, app.Services.GetRequiredService<RequestPipeline>()));
        MapAdmin(new AdminTable(app), app.Services);
        return app;
    }

    /// <summary>Where a started emulator listens, the port resolved.</summary>
    public static string UrlOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>The emulator cannot start: its state cannot be read or its address cannot be bound.</summary>
    internal static bool IsFaultOfTheCaller(Exception e) =>
        e is IOException or UnauthorizedAccessException or JsonException or InvalidDataException or ApiException or FormatException;

    private static void MapService(RouteTable routes)
    {
        ObjectRoutes.Map(routes);
        CreateRoutes.Map(routes);
        ListRoutes.Map(routes);
        BindingRoutes.Map(routes);
        ModelVersionRoutes.Map(routes);
        MetastoreRoutes.Map(routes);
        PermissionRoutes.Map(routes);
        EffectivePermissionRoutes.Map(routes);
        AbacPolicyRoutes.Map(routes);
        TagRoutes.Map(routes);
        ScimRoutes.Map(routes);
        ScimWriteRoutes.Map(routes);
        OAuthRoutes.Map(routes);
        StatementRoutes.Map(routes);
        routes.MapUnknown();
    }

    private static void MapAdmin(AdminTable admin, IServiceProvider services)
    {
        var host = services.GetRequiredService<WorkspaceHost>();
        var faults = services.GetRequiredService<FaultStore>();
        StateRoutes.Map(admin, host);
        SecurableRoutes.Map(admin, host);
        PrincipalRoutes.Map(admin, host);
        QueryRoutes.Map(admin, host);
        WatchRoutes.Map(admin, host);
        FaultRoutes.Map(admin, faults);
        CallRoutes.Map(admin, services.GetRequiredService<CallLog>(), faults);
    }
}
