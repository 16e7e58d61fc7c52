using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace PolicySync.Host.Configuration;

/// <summary>Validates an options object, and the objects in its lists, by the attributes of their properties.</summary>
internal static class Annotations
{
    public static IEnumerable<ConfigurationFault> Validate(string prefix, object options)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var key = $"{prefix}:{property.Name}";
            var value = property.GetValue(options);
            foreach (var attribute in property.GetCustomAttributes<ValidationAttribute>().Where(attribute => !attribute.IsValid(value)))
            {
                yield return new ConfigurationFault(key, Problem(attribute));
            }

            foreach (var fault in Below(key, value))
            {
                yield return fault;
            }
        }
    }

    private static IEnumerable<ConfigurationFault> Below(string key, object? value) => value switch
    {
        null or string => [],
        IEnumerable list => list.Cast<object>().SelectMany((element, index) => Below($"{key}:{index}", element)),
        _ when value.GetType().Namespace?.StartsWith(nameof(PolicySync), StringComparison.Ordinal) == true
            && value.GetType().IsClass => Validate(key, value),
        _ => [],
    };

    private static string Problem(ValidationAttribute attribute) => attribute switch
    {
        RequiredAttribute => "is required",
        RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"must be between {range.Minimum} and {range.Maximum}"),
        RegularExpressionAttribute expression => $"must match `{expression.Pattern}`",
        _ => attribute.FormatErrorMessage("the value"),
    };
}
