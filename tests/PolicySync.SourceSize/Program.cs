using PolicySync.SourceSize;

const int Top = 10;

var source = Sources.ReadFolder(Path.Combine(Repository.Root, "src"));
var reasons = ArguedConstructors.Read();

Console.WriteLine($"src: {source.Files.Sum(file => file.Size)} lines in {source.Files.Count} files");
Show("longest methods, in lines", source.Methods.OrderByDescending(method => method.Size).Take(Top));
Show("largest files, in lines", source.Files.OrderByDescending(file => file.Size).Take(Top));
Show(
    $"constructors with over {ArguedConstructors.MaxParameters} parameters",
    source.Constructors.Where(constructor => constructor.Size > ArguedConstructors.MaxParameters)
        .OrderByDescending(constructor => constructor.Size)
        .Select(constructor => constructor with { Name = $"{constructor.Name}: {reasons.GetValueOrDefault(constructor.Name, "not argued")}" }));

static void Show(string title, IEnumerable<Measure> measures)
{
    Console.WriteLine();
    Console.WriteLine(title);
    foreach (var (name, size) in measures)
    {
        Console.WriteLine($"{size,6}  {name}");
    }
}
