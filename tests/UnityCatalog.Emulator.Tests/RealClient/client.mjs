// Databricks' own client for JavaScript against the emulator: client.mjs FOLDER HOST, where FOLDER holds its node_modules.
// Prints one JSON object: what each call answered, or how it failed.
//
// What this client cannot do is not called: version 0.17.0 sends no body with PATCH, and asks for the first page of SCIM's
// listings for ever.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder, host] = process.argv.slice(2);
const { WorkspaceClient } = createRequire(join(folder, 'package.json'))('@databricks/sdk-experimental');
const admin = new WorkspaceClient({ host, token: 'dapi-emulator-admin', authType: 'pat' });
const service = new WorkspaceClient({
  host, clientId: '7f3c1c52-8a51-4f0e-9a35-2d6b8c0e4a10', clientSecret: 'emulator-policysync-secret', authType: 'oauth-m2m',
});
const table = { securable_type: 'table', full_name: 'main.sales.customers' };
const tagged = { entity_type: 'tables', entity_name: 'main.sales.customers' };
const answers = {};

async function call(name, ask) {
  try {
    answers[name] = await ask();
  } catch (error) {
    answers[name] = { failed: /"error_code":"(\w+)"/.exec(error.message)?.[1] ?? error.statusCode ?? error.message };
  }
}

async function names(listing, key = 'name') {
  const found = [];
  for await (const item of listing) {
    found.push(item[key]);
    if (found.length > 1000) throw new Error('the listing does not end');
  }
  return found;
}

const query = (client, statement) => client.statementExecution.executeStatement({
  statement, warehouse_id: 'emulator-warehouse', wait_timeout: '30s',
});

await call('oauth', async () => (await service.currentUser.me()).userName);
await call('token', async () => (await admin.currentUser.me()).userName);
await call('catalogs', () => names(admin.catalogs.list({ max_results: 0 })));
await call('tables', async () => (await names(admin.tables.list({ catalog_name: 'main', schema_name: 'sales', max_results: 0 }))).length);
await call('table', async () => (await admin.tables.get({ full_name: 'main.sales.customers' })).table_type);
await call('missing', () => admin.tables.get({ full_name: 'main.sales.none' }));
await call('grants', async () => (await admin.grants.get(table)).privilege_assignments.map(row => `${row.principal}:${row.privileges}`));
await call('effective', async () => (await admin.grants.getEffective(table)).privilege_assignments.length > 1);
await call('createCatalog', async () => (await admin.catalogs.create({ name: 'fresh' })).owner);
await call('createSchema', async () => (await admin.schemas.create({ name: 's', catalog_name: 'fresh' })).full_name);
await call('createFunction', async () => {
  const made = await admin.functions.create({
    function_info: {
      name: 'f', catalog_name: 'fresh', schema_name: 's', data_type: 'STRING', full_data_type: 'string', routine_body: 'SQL',
      routine_definition: 'v', input_params: { parameters: [{ name: 'v', type_text: 'string', type_name: 'STRING', position: 0 }] },
    },
  });
  return `${made.full_name}(${made.input_params.parameters[0].type_text})`;
});
await call('createStorageCredential', async () =>
  (await admin.storageCredentials.create({ name: 'sc', azure_managed_identity: { access_connector_id: 'x' } })).name);
await call('createExternalLocation', async () => {
  const made = await admin.externalLocations.create({ name: 'el', url: 'abfss://a@b.dfs.core.windows.net/c', credential_name: 'sc' });
  return [made.url, made.credential_name];
});
await call('createCredential', async () => (await admin.credentials.createCredential({ name: 'cr', purpose: 'SERVICE' })).purpose);
await call('createConnection', async () => {
  const made = await admin.connections.create({ name: 'co', connection_type: 'MYSQL', options: { host: 'h', password: 'p' } });
  return [made.connection_type, made.options];
});
await call('connections', () => names(admin.connections.list({})));
await call('createGroup', async () => (await admin.groupsV2.create({ displayName: 'made' })).meta.resourceType);
await call('createUser', async () => {
  const made = await admin.usersV2.create({ userName: 'new@example.com' });
  await admin.usersV2.delete({ id: made.id });
  return made.userName;
});
await call('userIsGone', async () => {
  const { id } = await admin.usersV2.create({ userName: 'gone@example.com' });
  await admin.usersV2.delete({ id });
  return admin.usersV2.get({ id });
});
await call('bindings', async () => (await names(admin.workspaceBindings.getBindings({ securable_type: 'catalog', securable_name: 'main' }), 'workspace_id')));
await call('modelVersions', () => names(admin.modelVersions.list({ full_name: 'main.sales.churn_model' }), 'version'));
await call('warehouses', () => names(admin.warehouses.list({}), 'state'));
await call('tag', async () => (await admin.entityTagAssignments.create({ tag_assignment: { ...tagged, tag_key: 'a/b', tag_value: 'x' } })).tag_key);
await call('tagRead', async () => (await admin.entityTagAssignments.get({ ...tagged, tag_key: 'a/b' })).tag_value);
await call('tags', () => names(admin.entityTagAssignments.list(tagged), 'tag_key'));
await call('grant', async () => (await query(admin, 'GRANT SELECT ON TABLE main.sales.orders TO `us-analysts`')).status.state);
await call('showGrants', async () => (await query(admin, 'SHOW GRANTS `us-analysts` ON TABLE main.sales.orders')).result.data_array);
await call('select', async () => (await query(service, 'SELECT session_user()')).result.data_array[0][0]);
await call('refused', async () => (await query(service, 'SELECT * FROM main.sales.customers')).status.error.message);
await call('deleteCatalog', async () => {
  await admin.catalogs.delete({ name: 'fresh', force: true });
  return (await names(admin.catalogs.list({}))).includes('fresh');
});
console.log(JSON.stringify(answers, null, 1));
