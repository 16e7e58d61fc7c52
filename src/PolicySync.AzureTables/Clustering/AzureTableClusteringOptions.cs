using System.ComponentModel.DataAnnotations;

namespace PolicySync.AzureTables.Clustering;

/// <summary>Where the cluster's members are kept. Silos and clients of one cluster need the same.</summary>
public sealed class AzureTableClusteringOptions
{
    /// <summary>The table. Default: <c>OrleansSiloInstances</c>, the official provider's.</summary>
    [RegularExpression("^[A-Za-z][A-Za-z0-9]{2,62}$")]
    public string TableName { get; set; } = "OrleansSiloInstances";
}
