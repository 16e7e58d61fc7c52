// Where settings of the vendor's file have their place here. A rule is by the words of a name, as the vendor's connectors of other
// kinds have variables of the same names.
const homes = [
  [/RANGER.*URL$/, 'config.Policies.RangerAdmin.Url'],
  [/RANGER.*PASSWORD$/, 'secrets.rangerPassword.existingSecret'],
  [/RANGER.*USER(NAME)?$/, 'config.Policies.RangerAdmin.Username'],
  [/RANGER.*SERVICE(_NAME)?$/, 'config.Policies.RangerAdmin.ServiceName'],
  [/EVENT_?HUB_?CONSUMER_?GROUP|CONSUMER_GROUP$/, 'config.Events.EventHub.ConsumerGroup'],
  [/EVENT_?HUB_?NAME$/, 'config.Events.EventHub.Name'],
  [/EVENT_?HUB_?NAMESPACE$/, 'config.Events.EventHub.Namespace'],
  [/CLIENT_SECRET$/, 'secrets.workspaceClientSecret.existingSecret'],
  [/CLIENT_ID$/, 'config.Workspace.ClientId'],
  [/WAREHOUSE(_ID)?$|HTTP_PATH$/, 'config.Workspace.WarehouseId'],
  [/TOKEN$|JDBC_PASSWORD$/, 'secrets.workspaceToken.existingSecret'],
  [/(HOST|BASE|WORKSPACE|JDBC|SERVER)_URL$|_HOST$/, 'config.Workspace.Host'],
  [/MANAGE_(USERS|GROUPS|ROLES)|(USER|GROUP|ROLE)S?_LIST$/, 'config.Sync.Managed.Principals'],
  [/LOAD_RESOURCES|MANAGE_|(CATALOG|SCHEMA|TABLE)S?_LIST$/, 'config.Sync.Managed.Securables'],
];

// What is to be done with a variable that is none of this service; `known` are those that are.
export function faultOf(name, known) {
  const meant = [...known].find(other => other.startsWith(name) || name.startsWith(other));
  if (meant) {
    return `${name} is not a variable of this service; write ${meant}`;
  }
  const home = homes.find(([words]) => words.test(name))?.[1];
  return home
    ? `${name} is not a variable of this service; remove it and set ${home} in policy-sync.values.yaml beside this file`
    : `${name} is not a variable of this service; remove it (docs/deployment.md lists the variables; everything else is in policy-sync.values.yaml)`;
}
