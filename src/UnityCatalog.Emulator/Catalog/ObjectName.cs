using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Catalog;

/// <summary>The naming rules of reference §5.</summary>
internal static class ObjectName
{
    private const int MaxLength = 255;

    /// <summary>Checks a name given to a new object and returns the form in which it is stored.</summary>
    public static string ForCreation(string? name)
    {
        if (string.IsNullOrEmpty(name) || name.Length > MaxLength || name.Any(IsForbidden))
        {
            throw Errors.InvalidName(name);
        }

        return name.ToLowerInvariant();
    }

    /// <summary>Splits a full name for a look-up, which ignores case.</summary>
    public static string[] Split(string fullName, int depth)
    {
        var parts = fullName.ToLowerInvariant().Split('.');
        if (parts.Length != depth || parts.Any(part => part.Length is 0 or > MaxLength))
        {
            throw Errors.InvalidName(fullName);
        }

        return parts;
    }

    private static bool IsForbidden(char c) => c is '.' or ' ' or '/' or < (char)0x20 or (char)0x7F;
}
