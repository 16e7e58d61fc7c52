using System.ComponentModel.DataAnnotations;
using Orleans.Storage;

namespace PolicySync.AzureTables.GrainState;

/// <summary>How one named grain storage keeps its states.</summary>
public sealed class AzureTableGrainStorageOptions : IStorageProviderSerializerOptions
{
    /// <summary>The table. Default: <c>OrleansGrainState</c>, the official provider's.</summary>
    [RegularExpression("^[A-Za-z][A-Za-z0-9]{2,62}$")]
    public string TableName { get; set; } = "OrleansGrainState";

    /// <summary>
    /// Whether clearing a state removes its row. Default: false, which leaves an empty row, so that a writer with an
    /// older ETag is still found out.
    /// </summary>
    public bool DeleteStateOnClear { get; set; }

    /// <summary>
    /// How a state becomes bytes. Default: <see cref="StableJsonGrainStorageSerializer"/>, whatever the silo's default is:
    /// stored rows outlive a change of defaults.
    /// </summary>
    public IGrainStorageSerializer GrainStorageSerializer { get; set; } = new StableJsonGrainStorageSerializer();

    /// <summary>When in the silo's start the table is made. Default: with the application's services.</summary>
    public int InitStage { get; set; } = ServiceLifecycleStage.ApplicationServices;
}
