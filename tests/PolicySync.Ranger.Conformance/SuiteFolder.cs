namespace PolicySync.Ranger.Conformance;

/// <summary>Where a test file lies, and the files that it names.</summary>
/// <param name="Root">The folder that is run.</param>
/// <param name="File">The test file, relative to it.</param>
internal sealed record SuiteFolder(string Root, string File)
{
    /// <summary>
    /// A file that the test file names, such as <c>/policyengine/resourceTags.json</c>: names are relative to the folder
    /// of the whole suite, of which the folder that is run may be a part or a flat copy. What it leaves out is taken from the
    /// suite's usual folder.
    /// </summary>
    /// <exception cref="MissingSupportFileException">There is no such file.</exception>
    public string Find(string name)
    {
        var relative = name.TrimStart('/');
        var beside = new DirectoryInfo(Path.GetDirectoryName(Path.GetFullPath(Path.Combine(Root, File)))!);
        for (var folder = beside; folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, relative);
            if (System.IO.File.Exists(file))
            {
                return file;
            }
        }

        string[] others = [Path.Combine(beside.FullName, Path.GetFileName(relative)), Path.Combine(ConformanceSuite.DefaultFolder, relative)];
        return Array.Find(others, System.IO.File.Exists) ?? throw new MissingSupportFileException(name);
    }

    /// <summary>The first file beside the test file that fits a pattern; null when there is none.</summary>
    public string? FindBeside(string pattern) =>
        Directory.EnumerateFiles(Path.GetDirectoryName(Path.GetFullPath(Path.Combine(Root, File)))!, pattern).Order(StringComparer.Ordinal).FirstOrDefault();
}

/// <summary>A file without which cases cannot be run.</summary>
internal sealed class MissingSupportFileException(string name) : Exception($"needs `{name}`, which is not in the folder");
