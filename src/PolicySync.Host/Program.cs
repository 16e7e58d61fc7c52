return await PolicySync.Host.PolicySyncHost.RunAsync(args);
