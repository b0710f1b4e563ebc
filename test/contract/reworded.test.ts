/**
 * Faithful dumps whose definitions PostgreSQL words otherwise once they are restored, or whose computed values are others:
 * none is bad. A definition that differs is noticed all the same.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { Databases } from './support-engine.ts';

const databases = new Databases();
beforeAll(async () => {
  ensurePrerequisites();
  await databases.start();
}, 120_000);
afterAll(() => databases.stop());

const rows =
  'CREATE TABLE sale (at date, total numeric, a int, b int, c int); INSERT INTO sale VALUES (now(), 1, 1, 2, 3);';
const inZone = (zone: string, sql: string): string =>
  `SELECT format('ALTER DATABASE %I SET timezone = %L', current_database(), '${zone}') \\gexec\n${sql}`;

const databasesOfUsers: readonly (readonly [string, string])[] = [
  [
    'AND within AND',
    `${rows} CREATE VIEW year AS SELECT * FROM sale WHERE at BETWEEN '2020-01-01' AND '2020-12-31' AND total > 0 OR a = 1 OR (b = 2 OR c = 3);`,
  ],
  [
    'checks of two ranges',
    'CREATE TABLE place (lat float8, lon float8, CHECK (lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180));',
  ],
  [
    'lists of columns, rows and constants',
    `${rows} CREATE VIEW v AS SELECT * FROM sale WHERE a IN (b, c, 7) OR (a, b) NOT IN ((1, 2), (3, 4));
ALTER TABLE sale ADD CHECK ((a, b) IN ((1, 2), (3, 4), (5, 6)));
CREATE INDEX i ON sale (a) WHERE a IN (b, c, a + 1) AND b BETWEEN 1 AND 3;`,
  ],
  [
    'a list of a column with a collation',
    `CREATE TABLE t (x varchar, CHECK (COALESCE(x, 'a') IN ('x', 'y' COLLATE "C")));`,
  ],
  [
    'points in time as constants, in the zone of the database',
    inZone(
      'Asia/Kolkata',
      `\\c
CREATE TABLE event (id int, at timestamptz DEFAULT '9999-12-31 00:00+00') PARTITION BY RANGE (at);
CREATE TABLE event_2020 PARTITION OF event FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
CREATE INDEX recent ON event (id) WHERE at > '2020-06-01 00:00+00';
INSERT INTO event VALUES (1, '2020-05-05');`,
    ),
  ],
  [
    'a policy for roles that were made in another order',
    `${['z_first', 'a_second'].map((role) => `DO $$ BEGIN CREATE ROLE ${role}; EXCEPTION WHEN duplicate_object THEN NULL; END $$;`).join('\n')}
CREATE TABLE s (id int);
ALTER TABLE s ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON s TO a_second, z_first USING (id > 0);
ALTER ROLE z_first CONNECTION LIMIT 5;`,
  ],
  [
    'generated columns whose function has changed since',
    `CREATE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 + 1';
CREATE TABLE g (a int, b int GENERATED ALWAYS AS (f(a)) STORED); INSERT INTO g VALUES (1), (2);
CREATE OR REPLACE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 + 2';`,
  ],
];

describe.each(['own', 'disposable'] as const)('on the server "%s"', (where) => {
  test.each(databasesOfUsers)(
    'good: %s',
    async (_what, setup) => {
      const { rows: proof } = await databases.prove(setup, where);
      expect(proof.map(({ kind, verdict, findings }) => [kind, verdict, findings])).toEqual([
        ['archive', 'good', []],
        ['plain', 'good', []],
      ]);
    },
    120_000,
  );
});

test('a definition that differs is bad, although others are only worded otherwise', async () => {
  const [, [, setup] = ['', '']] = databasesOfUsers;
  const { engine, source, contents } = await databases.dump(`${setup} CREATE VIEW w AS SELECT lat FROM place;`, 'own');
  const scratch = await engine.scratch('o/r/actions/runs/1:db', source);
  try {
    const changed = Buffer.from('CREATE OR REPLACE VIEW public.w AS SELECT lat FROM public.place WHERE lat > 0;\n');
    async function* plain(): AsyncGenerator<Buffer> {
      const { gunzipSync } = await import('node:zlib');
      const sql = gunzipSync(contents.plain).toString('utf8');
      yield Buffer.from(
        sql.replace(
          '\n--\n-- PostgreSQL database dump complete',
          `\n${changed}\n--\n-- PostgreSQL database dump complete`,
        ),
      );
    }
    expect(await scratch.restore('plain', plain)).toEqual([]);
    const { differences } = engine.compare(source, await scratch.fingerprint(source));
    expect(differences.map(({ what }) => what)).toEqual(['definition of VIEW public.w']);
  } finally {
    await scratch.drop();
  }
}, 120_000);
