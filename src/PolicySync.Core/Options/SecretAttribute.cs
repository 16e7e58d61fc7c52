namespace PolicySync.Core.Options;

/// <summary>Marks a setting whose value is a secret: the start of a process names it as set, and shows nothing of it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;
