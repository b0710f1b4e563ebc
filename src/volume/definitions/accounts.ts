/**
 * Accounts, and whatever else the server keeps as rows of its own tables. A host sends the key of each row and digests:
 * one of what may be read by anyone, and 16 bits of one of what holds a credential.
 */
import type { DefinitionFact } from '../../domain/definitions.ts';
import { accountName, objectName } from './names.ts';
import type { Section } from './sections.ts';

type Key = ReadonlyMap<string, string>;

/** Tables whose rows are objects of their own, by what a row is called. */
const ownObjects: Readonly<Record<string, string>> = {
  servers: 'server',
  func: 'function of a library',
  plugin: 'plugin',
  component: 'component',
};

function keyOf(column: string): Key {
  return new Map(
    column
      .split(' ')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const [name = '', hex = ''] = pair.split('=');
        return [name, Buffer.from(hex, 'hex').toString('utf8')] as const;
      }),
  );
}

/** Whose row it is, and what it grants. */
function grantOf(table: string, key: Key): { account: string; part: string } {
  const of = (name: string): string => key.get(name) ?? '';
  const account = accountName(of('to_user') || of('user'), of('to_user') === '' ? of('host') : of('to_host'));
  switch (table) {
    case 'user':
    case 'global_priv':
      return { account, part: 'privileges' };
    case 'db':
      return { account, part: `rights on database ${objectName([of('db')])}` };
    case 'tables_priv':
      return { account, part: `rights on table ${objectName([of('db'), of('table_name')])}` };
    case 'columns_priv':
      return { account, part: `rights on column ${objectName([of('db'), of('table_name'), of('column_name')])}` };
    case 'procs_priv':
      return {
        account,
        part: `rights on ${of('routine_type').toLowerCase()} ${objectName([of('db'), of('routine_name')])}`,
      };
    case 'proxies_priv':
      return { account, part: `proxy of ${accountName(of('proxied_user'), of('proxied_host'))}` };
    case 'roles_mapping':
      return { account, part: `role ${accountName(of('role'), '')}` };
    case 'role_edges':
      return { account, part: `role ${accountName(of('from_user'), of('from_host'))}` };
    case 'default_roles':
      return { account, part: `default role ${accountName(of('default_role_user'), of('default_role_host'))}` };
    default:
      return { account, part: `${table} ${[...key.values()].join(' ')}` };
  }
}

const hidden = { code: 1142, message: 'the account may not read the tables of accounts' };

export function accountFacts(tables: readonly Section[]): DefinitionFact[] {
  const accounts = new Map<string, Record<string, string>>();
  const facts: DefinitionFact[] = [];
  for (const { names, rows, error } of tables) {
    const table = names[0] ?? '';
    if (error) facts.push({ kind: 'system table', name: `mysql.${table}`, parts: {}, error });
    for (const [column = '', value = '', secret = ''] of rows) {
      const key = keyOf(column);
      const own = ownObjects[table];
      if (own !== undefined) {
        facts.push({ kind: own, name: objectName([[...key.values()].join(' ')]), parts: { definition: value } });
        continue;
      }
      const { account, part } = grantOf(table, key);
      const parts = accounts.get(account) ?? {};
      parts[part] = value;
      if (secret !== '') parts.credential = secret;
      accounts.set(account, parts);
    }
  }
  // information_schema does not even list what an account may not read.
  if (!tables.some(({ names }) => names[0] === 'user' || names[0] === 'global_priv'))
    facts.push({ kind: 'system table', name: 'mysql.user', parts: {}, error: hidden });
  return [...facts, ...[...accounts].map(([name, parts]) => ({ kind: 'account', name, parts }))];
}
