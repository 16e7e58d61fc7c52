using PolicySync.Cli;

return await CommandLine.RunAsync(args, World.OfProcess());
