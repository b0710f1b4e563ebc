/** The names and statements with which a database is replaced. test/contract/replace.test.ts does it on a server. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { replaceDatabase } from '../../../scripts/lib/engines/postgres/replace.ts';
import { identifier } from '../../../src/adapters/databases/postgres/psql.ts';
import { elsewhere, parseConnection } from '../../../src/dump/engines/postgres/connection.ts';
import { databaseNames } from '../../generators/database-names.ts';

const server = parseConnection('postgresql://u:p@localhost/postgres', '--to');
const old = {
  encoding: 'UTF8',
  datcollate: 'C',
  datctype: 'C',
  tablespace: 'pg_default',
  datistemplate: false,
  note: null,
  statements: [],
};

/** Runs a replacement against a server that agrees with everything. @returns what it was sent */
async function statementsFor(name: string, exists: boolean): Promise<string[]> {
  const sent: string[] = [];
  await replaceDatabase({
    ask: async (_connection, statements) => {
      sent.push(statements);
      if (statements.includes('to_jsonb(d)')) return exists ? JSON.stringify(old) : '';
      return statements.includes('octet_length') ? JSON.stringify([Buffer.byteLength(name), []]) : '';
    },
    maintenance: elsewhere(server, 'template1'),
    target: elsewhere(server, name),
    comment: 'c',
    load: async () => {},
    tell: () => {},
  });
  return sent;
}

test('no name is cut by the server, and the database is never dropped', async () => {
  await fc.assert(
    fc.asyncProperty(databaseNames, fc.boolean(), async (name, exists) => {
      const quoted = identifier(name);
      const run = statementsFor(name, exists);
      if (Buffer.byteLength(name) > 63) return expect(run).rejects.toThrow(/ bytes, of which PostgreSQL keeps/);
      const sent = (await run).join('\n');
      // All names between double quotes, the target's own left out.
      const others = sent.replaceAll(quoted, '').match(/(?<=DATABASE |TO )"(?:[^"]|"")+"/g) ?? [];
      for (const other of others) expect(other).toMatch(/^"holdfast_(new|old)_[0-9a-f]{16}"$/);
      expect(sent).not.toContain(`DROP DATABASE ${quoted}`);
      expect(sent).toContain(`RENAME TO ${quoted}`);
    }),
    { numRuns: 500 },
  );
});
