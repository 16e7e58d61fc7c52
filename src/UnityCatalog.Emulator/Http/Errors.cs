using UnityCatalog.Emulator.Catalog;

namespace UnityCatalog.Emulator.Http;

/// <summary>Every refusal with its status, code and text (reference §4.2; what is inferred says so).</summary>
internal static class Errors
{
    public static ApiException InvalidParameter(string message) => new(400, "INVALID_PARAMETER_VALUE", message);

    public static ApiException Malformed(string message) => new(400, "MALFORMED_REQUEST", message);

    public static ApiException InvalidName(string? name) => InvalidParameter(
        $"name \"{name}\" is not a valid name. Valid names cannot contain spaces, periods, forward slashes, or control characters.");

    public static ApiException Unauthenticated(string message) => new(401, "UNAUTHENTICATED", message);

    public static ApiException Denied(string message) => new(403, "PERMISSION_DENIED", message);

    public static ApiException NotOwner(Securable securable) =>
        Denied($"User is not an owner of {securable.Family.Label()} '{securable.FullName}'.");

    public static ApiException Lacks(string privilege, Securable on) =>
        Denied($"User does not have {privilege.Replace('_', ' ')} on {on.Family.Label()} '{on.FullName}'.");

    /// <summary>Inferred: an object that is isolated from the workspace does not exist for it.</summary>
    public static ApiException NotBound(Securable securable) =>
        Denied($"{securable.Family.Label()} '{securable.FullName}' is not accessible in current workspace.");

    /// <summary>Volumes, functions and models have no code of their own in the published list: inferred.</summary>
    public static ApiException DoesNotExist(SecurableFamily family, string fullName) => new(
        404,
        family switch
        {
            SecurableFamily.Metastore or SecurableFamily.Catalog or SecurableFamily.Schema or SecurableFamily.Table
                or SecurableFamily.ExternalLocation or SecurableFamily.StorageCredential =>
                $"{family.UpperType()}_DOES_NOT_EXIST",
            _ => "RESOURCE_DOES_NOT_EXIST",
        },
        $"{family.Label()} '{fullName}' does not exist.");

    /// <summary>Status 400, not 409, "for backwards compatibility" (reference §4.2).</summary>
    public static ApiException AlreadyExists(SecurableFamily family, string fullName) => new(
        400,
        family is SecurableFamily.Catalog or SecurableFamily.Schema or SecurableFamily.Table
            ? $"{family.UpperType()}_ALREADY_EXISTS"
            : "RESOURCE_ALREADY_EXISTS",
        $"{family.Label()} '{fullName}' already exists");

    public static ApiException NotEmpty(Securable container) => new(
        400,
        $"{container.Family.UpperType()}_NOT_EMPTY",
        $"{container.Family.Label()} '{container.FullName}' is not empty");

    public static ApiException NoSuchPrincipal(string name) =>
        new(404, "PRINCIPAL_DOES_NOT_EXIST", $"Could not find principal with name {name}.");

    public static ApiException NoSuchPrincipal(long id) =>
        new(404, "PRINCIPAL_DOES_NOT_EXIST", $"Could not find principal with id {id}.");

    public static ApiException NoSuchEndpoint(string method, string path) =>
        new(404, "ENDPOINT_NOT_FOUND", $"No API found for '{method} {path}'");
}
