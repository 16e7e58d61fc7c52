using System.Text;

namespace PolicySync.Host.Tests.Api;

/// <summary>
/// Bodies that are refused: what is wrong, the body, and the pointers that the answer must name, in order. In a body,
/// `{0}` stands for a well-formed resource.
/// </summary>
public static class BadBodies
{
    private const string Resource = """{"type":"table","values":{"catalog":"main","schema":"sales","table":"customers"}}""";
    private const string Catalog = "/requestInfo/resources/0/values/catalog";
    private const string Values = "/requestInfo/resources/0/values";
    private const string First = "/requestInfo/resources/0";
    private const string Resources = "/requestInfo/resources";

    public static TheoryData<string, string, string[]> Text => new()
    {
        // Not JSON
        { "nothing", "", [""] },
        { "white space", "  \n ", [""] },
        { "a word", "hello", [""] },
        { "an open object", "{", [""] },
        { "an open string", """{"type":"RESOURCE""", [""] },
        { "single quotes", "{'type':'RESOURCE_SYNC'}", [""] },
        { "a trailing comma", """{"type":"RESOURCE_SYNC",}""", [""] },
        { "a comment", """{"type":"RESOURCE_SYNC"/* sync */,"requestInfo":{"resources":[{0}]}}""", [""] },
        { "two documents", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{0}]}} {}""", [""] },
        { "text after the document", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{0}]}} x""", [""] },
        { "a bare control character", "{\"type\":\"RESOURCE\nSYNC\"}", [""] },
        { "a bare NUL", "{\"type\":\"a\0b\"}", [""] },
        { "a NUL after the document", "{}\0", [""] },
        { "an unknown escape", """{"type":"\x41"}""", [""] },
        { "a short escape", """{"type":"\u12"}""", [""] },
        { "a number with a leading zero", """{"createTime":01}""", [""] },
        { "a number with a plus", """{"createTime":+1}""", [""] },
        { "not a number", """{"createTime":NaN}""", [""] },
        { "infinity", """{"createTime":Infinity}""", [""] },
        { "Python's True", """{"dryRun":True}""", [""] },
        { "a form", "type=RESOURCE_SYNC", [""] },
        { "XML", "<task/>", [""] },

        // JSON, but not an object
        { "null", "null", [""] },
        { "an array", "[]", [""] },
        { "a string", "\"RESOURCE_SYNC\"", [""] },
        { "a number", "1", [""] },
        { "true", "true", [""] },

        // Members that are missing
        { "an empty object", "{}", ["/type", "/requestInfo"] },
        { "no type", """{"requestInfo":{"resources":[{0}]}}""", ["/type"] },
        { "no requestInfo", """{"type":"RESOURCE_SYNC"}""", ["/requestInfo"] },
        { "no resources", """{"type":"RESOURCE_SYNC","requestInfo":{}}""", [Resources] },
        { "no resource", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[]}}""", [Resources] },
        { "an empty resource", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{}]}}""", [First + "/type", Values] },
        { "a resource without values", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"table"}]}}""", [Values] },
        { "a resource without type", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"values":{}}]}}""", [First + "/type"] },
        { "a table by itself", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"selfOnly":true,"type":"table","values":{}}]}}""", [First + "/selfOnly"] },
        { "a metastore by itself", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"selfOnly":true,"type":"metastore","values":{}}]}}""", [First + "/selfOnly"] },
        { "self-only as text", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"selfOnly":"true","type":"catalog","values":{}}]}}""", [First + "/selfOnly"] },
        { "members in another case", """{"Type":"RESOURCE_SYNC","RequestInfo":{}}""", ["/Type", "/RequestInfo", "/type", "/requestInfo"] },
        { "a fault in the second resource", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{0},{}]}}""", [Resources + "/1/type", Resources + "/1/values"] },

        // Members of the wrong type
        { "type null", """{"type":null,"requestInfo":{"resources":[{0}]}}""", ["/type"] },
        { "type a number", """{"type":1,"requestInfo":{"resources":[{0}]}}""", ["/type"] },
        { "type an array", """{"type":["RESOURCE_SYNC"],"requestInfo":{"resources":[{0}]}}""", ["/type"] },
        { "requestInfo null", """{"type":"RESOURCE_SYNC","requestInfo":null}""", ["/requestInfo"] },
        { "requestInfo an array", """{"type":"RESOURCE_SYNC","requestInfo":[]}""", ["/requestInfo"] },
        { "requestInfo a string", """{"type":"RESOURCE_SYNC","requestInfo":"{}"}""", ["/requestInfo"] },
        { "resources an object", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":{0}}}""", [Resources] },
        { "resources null", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":null}}""", [Resources] },
        { "a resource null", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[null]}}""", [First] },
        { "a resource a string", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":["main.sales"]}}""", [First] },
        { "a resource an array", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[[{0}]]}}""", [First] },
        { "a resource's type a number", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":7,"values":{}}]}}""", [First + "/type"] },
        { "a resource's type null", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":null,"values":{}}]}}""", [First + "/type"] },
        { "values null", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"table","values":null}]}}""", [Values] },
        { "values an array", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"table","values":["main"]}]}}""", [Values] },
        { "values a string", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"table","values":"main"}]}}""", [Values] },
        { "a value a number", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"catalog","values":{"catalog":5}}]}}""", [Catalog] },
        { "a value a huge number", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"catalog","values":{"catalog":1e999999}}]}}""", [Catalog] },
        { "a value true", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"catalog","values":{"catalog":true}}]}}""", [Catalog] },
        { "a value an object", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"catalog","values":{"catalog":{}}}]}}""", [Catalog] },
        { "a value an array", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"catalog","values":{"catalog":["main"]}}]}}""", [Catalog] },
        { "a value under an unknown key", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"catalog","values":{"a/b~c":1}}]}}""", [Values + "/a~1b~0c"] },
        { "dryRun a string", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{0}],"dryRun":"true"}}""", ["/requestInfo/dryRun"] },
        { "dryRun a number", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{0}],"dryRun":1}}""", ["/requestInfo/dryRun"] },
        { "allowRevoke a string", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{0}],"allowRevoke":"false"}}""", ["/requestInfo/allowRevoke"] },
        { "id a number", """{"id":1,"type":"RESOURCE_SYNC","requestInfo":{"resources":[{0}]}}""", ["/id"] },
        { "appType an object", """{"appType":{},"type":"RESOURCE_SYNC","requestInfo":{"resources":[{0}]}}""", ["/appType"] },
        { "appSubType an array", """{"appSubType":[],"type":"RESOURCE_SYNC","requestInfo":{"resources":[{0}]}}""", ["/appSubType"] },
        { "source true", """{"source":true,"type":"RESOURCE_SYNC","requestInfo":{"resources":[{0}]}}""", ["/source"] },
        { "createTime true", """{"createTime":true,"type":"RESOURCE_SYNC","requestInfo":{"resources":[{0}]}}""", ["/createTime"] },
        { "createTime an object", """{"createTime":{},"type":"RESOURCE_SYNC","requestInfo":{"resources":[{0}]}}""", ["/createTime"] },

        // Several at once
        { "faults everywhere", """{"id":1,"type":2,"requestInfo":{"resources":[{"type":3,"values":{"catalog":4}},5],"dryRun":6,"allowRevoke":7}}""",
            ["/type", "/id", First + "/type", Catalog, Resources + "/1", "/requestInfo/dryRun", "/requestInfo/allowRevoke"] },

        // Names that stand twice
        { "type twice", """{"type":"RESOURCE_SYNC","type":"RESOURCE_SYNC","requestInfo":{"resources":[{0}]}}""", ["/type"] },
        { "type twice, once escaped", """{"type":"RESOURCE_SYNC","\u0074ype":"VERIFY","requestInfo":{"resources":[{0}]}}""", ["/type"] },
        { "a value twice", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"catalog","values":{"catalog":"a","catalog":"b"}}]}}""", [Catalog] },
        { "a name twice in an unknown member", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{0}]},"x":[0,{"y":{"z":1,"z":1}}]}""", ["/x/1/y/z"] },

        // Text that is not Unicode
        { "half a surrogate pair", """{"type":"\ud800","requestInfo":{"resources":[{0}]}}""", ["/type"] },
        { "the other half", """{"type":"RESOURCE_SYNC","id":"\udc00","requestInfo":{"resources":[{0}]}}""", ["/id"] },
        { "halves in the wrong order", """{"type":"\udc00\ud800","requestInfo":{"resources":[{0}]}}""", ["/type"] },
        { "half a pair in a value", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"catalog","values":{"catalog":"a\ud83dz"}}]}}""", [Catalog] },
        { "half a pair in a name", """{"type":"RESOURCE_SYNC","x":[{"\ud800":1}]}""", ["/x/0/"] },
        { "half a pair in an unknown member", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{0}]},"x":"\ud800"}""", ["/x"] },
    };

    public static TheoryData<string, byte[], string> Bytes => new()
    {
        { "Latin-1", Encoding.Latin1.GetBytes("{\"type\":\"caf\u00e9\"}"), "" },
        { "UTF-16", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("{}")], "" },
        { "UTF-16 without a mark", Encoding.BigEndianUnicode.GetBytes("{}"), "" },
        { "an overlong slash", [(byte)'"', 0xC0, 0xAF, (byte)'"'], "" },
        { "an encoded surrogate", [(byte)'"', 0xED, 0xA0, 0x80, (byte)'"'], "" },
        { "a cut-off character", [(byte)'"', 0xE2, 0x82, (byte)'"'], "" },
        { "only a byte order mark", [0xEF, 0xBB, 0xBF], "" },
        { "two byte order marks", [0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF, (byte)'{', (byte)'}'], "" },
        { "noise", [0x00, 0xFF, 0xFE, 0x80, 0x7F], "" },
        { "33 levels", Encoding.UTF8.GetBytes(Nested(33)), string.Concat(Enumerable.Repeat("/0", 32)) },
        { "100,000 levels", Encoding.UTF8.GetBytes(new string('[', 100_000)), string.Concat(Enumerable.Repeat("/0", 32)) },
        { "33 levels below an unknown member", Encoding.UTF8.GetBytes($$"""{"x":{{Nested(32)}}}"""), "/x" + string.Concat(Enumerable.Repeat("/0", 31)) },
        { "1,001 resources", Encoding.UTF8.GetBytes(WithResources(1_001)), Resources },
        { "an id of 4,097 characters", Encoding.UTF8.GetBytes($$"""{"id":"{{new string('x', 4_097)}}",""" + With(Resource)[1..]), "/id" },
        { "a createTime of 4,097 digits", Encoding.UTF8.GetBytes($$"""{"createTime":{{new string('1', 4_097)}},""" + With(Resource)[1..]), "/createTime" },
        { "a createTime of 4,097 characters", Encoding.UTF8.GetBytes($$"""{"createTime":"{{new string('1', 4_097)}}",""" + With(Resource)[1..]), "/createTime" },
    };

    public static string WithResources(int count) => With(string.Join(',', Enumerable.Repeat(Resource, count)));

    public static string Filled(string body) => body.Replace("{0}", Resource, StringComparison.Ordinal);

    private static string With(string resources) => $$$"""{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{{{resources}}}]}}""";

    private static string Nested(int levels) => new string('[', levels) + new string(']', levels);
}
