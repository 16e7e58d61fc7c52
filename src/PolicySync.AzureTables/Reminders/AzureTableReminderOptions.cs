using System.ComponentModel.DataAnnotations;

namespace PolicySync.AzureTables.Reminders;

/// <summary>Where reminders are kept.</summary>
public sealed class AzureTableReminderOptions
{
    /// <summary>The table. Default: <c>OrleansReminders</c>, the official provider's.</summary>
    [RegularExpression("^[A-Za-z][A-Za-z0-9]{2,62}$")]
    public string TableName { get; set; } = "OrleansReminders";
}
