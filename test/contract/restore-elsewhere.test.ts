/** `npm run restore` onto a server that is not like the source's: other roles, no superuser, another encoding. */
import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { bucket, type DumpUnderTest, startDumpUnderTest } from './support-dump.ts';

let it: DumpUnderTest;

const definitions = `
  CREATE ROLE "Elsewhere User";
  CREATE EXTENSION citext;
  COMMENT ON EXTENSION citext IS 'changed';
  CREATE TABLE note (id integer PRIMARY KEY, owner text, text citext);
  INSERT INTO note VALUES (1, 'ann', 'Grüße');
  ALTER TABLE note ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON note TO "Elsewhere User" USING (owner = CURRENT_USER)`;

beforeAll(async () => {
  ensurePrerequisites();
  it = await startDumpUnderTest(1);
  const { sql, url } = it.postgres;
  await sql(`CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'`);
  await sql(definitions, 'latin');
  for (const [id, format] of [
    [1, 'custom'],
    [2, 'directory'],
  ] as const) {
    const inputs = {
      source: `latin.${format}`,
      name: `latin-${format}`,
      'database-url': url('latin'),
      'archive-format': format,
    };
    expect((await it.dump(id, inputs)).error).toBeUndefined();
  }
  await sql('DROP DATABASE latin');
  await sql('DROP ROLE "Elsewhere User"');
  await sql(`CREATE ROLE owner LOGIN CREATEDB CREATEROLE PASSWORD 'secret'; CREATE ROLE poor LOGIN PASSWORD 'secret'`);
}, 240_000);
afterAll(() => it.stop());

const restore = (source: string, ...parameters: string[]): Promise<{ status: number; err: string }> =>
  new Promise((resolve) => {
    const env = {
      ...process.env,
      HOLDFAST_SOURCE: source,
      HOLDFAST_REGION: 'us-east-1',
      HOLDFAST_RECEIPT_BUCKET: bucket,
    };
    execFile('scripts/node24', ['scripts/restore.ts', ...parameters], { env }, (error, _out, err) =>
      resolve({ status: error ? Number(error.code) : 0, err }),
    );
  });
const urlAs = (role: string, database: string) => it.postgres.url(database).replace(/\/\/.*@/, `//${role}:secret@`);
const encoding = (name: string) =>
  it.postgres.sql(`SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = '${name}'`);

describe('a role that is no superuser', () => {
  test.each(['custom', 'directory'])(
    'restores an archive in %s format, whose extension an administrator made',
    async (format) => {
      const name = `theirs_${format}`;
      await it.postgres.sql(`CREATE DATABASE ${name} OWNER owner`);
      await it.postgres.sql('CREATE EXTENSION citext', name);
      const ended = await restore(`latin.${format}`, '--to', urlAs('owner', name));
      expect(ended).toMatchObject({ status: 0 });
      expect(ended.err).toContain('the database is in UTF8, and the source in LATIN1');
      expect(ended.err).toContain(`psql ${name} -c 'CREATE ROLE "Elsewhere User" NOLOGIN;'`);
      expect(await it.postgres.sql('SELECT text FROM note', name)).toBe('Grüße');
      expect(await it.postgres.sql(`SELECT polroles::regrole[] FROM pg_policy`, name)).toContain('Elsewhere User');
      await it.postgres.sql(`DROP DATABASE ${name}`);
      await it.postgres.sql('DROP ROLE "Elsewhere User"');
    },
    60_000,
  );

  test('is told what it may not do before anything is changed', async () => {
    await it.postgres.sql('CREATE DATABASE empty OWNER poor');
    const ended = await restore('latin.custom', '--to', urlAs('poor', 'empty'));
    expect(ended.status).toBe(1);
    expect(ended.err).toContain(
      'this role may not create, and the server lacks, the role Elsewhere User; nothing was changed',
    );
    expect(ended.err).toContain('CREATE ROLE "Elsewhere User" NOLOGIN;');
    expect(await it.postgres.sql('SELECT count(*) FROM pg_class WHERE relnamespace = 2200', 'empty')).toBe('0');
  }, 60_000);
});

test('a database that --replace makes anew has the encoding of the source', async () => {
  const ended = await restore('latin.custom', '--to', it.postgres.url('anew'), '--replace');
  expect(ended).toMatchObject({ status: 0 });
  expect(ended.err).toContain('made, without login, since definitions name them: the role Elsewhere User');
  expect(await encoding('anew')).toBe('LATIN1');
  // Replaced again, it stays as it is.
  expect((await restore('latin.custom', '--to', it.postgres.url('anew'), '--replace', '--kind', 'plain')).status).toBe(
    0,
  );
  expect(await encoding('anew')).toBe('LATIN1');
  expect(await it.postgres.sql('SELECT text FROM note', 'anew')).toBe('Grüße');
}, 60_000);
