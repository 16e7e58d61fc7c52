using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Admin;

/// <summary>The state as a whole, its settings, and tokens.</summary>
internal static class StateRoutes
{
    public static void Map(AdminTable admin, WorkspaceHost host)
    {
        admin.Map("GET", "/state", _ => Locked(host, workspace =>
            Reply.Json(StateWriter.Write(workspace), EmulatorJson.Shared.StateDocument)));
        admin.Map("PUT", "/state", call =>
        {
            host.Replace(call.Body(EmulatorJson.Shared.StateDocument));
            return Reply.Empty();
        });
        admin.Map("POST", "/state/reset", _ =>
        {
            host.Reset();
            return Reply.Empty();
        });
        admin.Map("GET", "/settings", _ => Locked(host, Settings));
        admin.Map("PUT", "/settings", call => Locked(host, workspace =>
        {
            workspace.Settings = call.Body(EmulatorJson.Shared.EmulatorSettings).Checked();
            return Settings(workspace);
        }));
        admin.Map("POST", "/tokens", call => Locked(host, workspace =>
        {
            var token = call.Body(EmulatorJson.Shared.TokenState);
            workspace.Credentials.AddToken(token.Token, StateReader.RequirePrincipal(workspace, token.Principal), token.ExpiresAt);
            return Reply.Empty();
        }));
        admin.Map("DELETE", "/tokens/{token}", call => Locked(host, workspace =>
            workspace.Credentials.RemoveToken(call.Parameter("token")) ? Reply.Empty() : throw new ApiException(404, "", "no such token")));
        admin.Map("POST", "/clients", call => Locked(host, workspace =>
        {
            var client = call.Body(EmulatorJson.Shared.ClientState);
            workspace.Credentials.AddClient(StateReader.RequirePrincipal(workspace, client.ClientId), client.Secret);
            return Reply.Empty();
        }));
    }

    public static Reply Locked(WorkspaceHost host, Func<Workspace, Reply> handler)
    {
        var workspace = host.Current;
        lock (workspace.Gate)
        {
            return handler(workspace);
        }
    }

    private static Reply Settings(Workspace workspace) => Reply.Json(workspace.Settings, EmulatorJson.Shared.EmulatorSettings);
}
