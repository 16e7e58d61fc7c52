namespace PolicySync.Ranger.Conformance;

/// <summary>One file of Ranger's suites: what it tests is told by its content, whatever it is called.</summary>
public sealed class ConformanceFile
{
    private readonly string _folder;

    internal ConformanceFile(string folder, string name)
    {
        _folder = folder;
        Name = name;
    }

    /// <summary>Name relative to the folder, with slashes.</summary>
    public string Name { get; }

    /// <summary>
    /// Runs the cases. A file without cases, which others read, has none; one of a form that is none of ours is one
    /// skipped case that says so; one that cannot be read is one failed case.
    /// </summary>
    public ConformanceResult Run()
    {
        var form = TestForm.Unreadable;
        try
        {
            var root = TestJson.Read(Path.Combine(_folder, Name));
            form = TestForm.Of(root);
            return new(form.Name, [.. form.Run(root, new SuiteFolder(_folder, Name)).Select(compared => KnownDifferences.Judge(Name, compared))]);
        }
        catch (MissingSupportFileException e)
        {
            return new(form.Name, [ConformanceCase.Skip(Name, e.Message)]);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new(form.Name, [new(Name, CaseStatus.Failed, ConformanceCase.Oneline(e))]);
        }
    }
}

/// <summary>What became of a file.</summary>
/// <param name="Form">The form of its cases: <c>acl</c>, <c>engine</c>, …, or <c>data</c> for a file without cases.</param>
/// <param name="Cases">The cases.</param>
public sealed record ConformanceResult(string Form, IReadOnlyList<ConformanceCase> Cases);
