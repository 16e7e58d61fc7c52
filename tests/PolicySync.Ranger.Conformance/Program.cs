using PolicySync.Ranger.Conformance;

var folder = args.Length > 0 ? args[0] : ConformanceSuite.DefaultFolder;
if (!Directory.Exists(folder))
{
    Console.Error.WriteLine($"no folder `{folder}`: name one, or set {ConformanceSuite.FolderVariable}");
    return 2;
}

return Report.Run(folder, Console.Out);
