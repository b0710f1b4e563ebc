/** What a real server refuses of a dump, and what it makes of a damaged one. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import type { DumpFileKind } from '../../src/domain/dump.ts';
import { Databases, type Dumped, proveFiles } from './support-engine.ts';

let databases: Databases;
beforeAll(async () => {
  ensurePrerequisites();
  databases = new Databases();
  await databases.start();
}, 120_000);
afterAll(() => databases?.stop(), 60_000);

describe('a sound dump of which a server refuses something is unproven', () => {
  const rows =
    'CREATE TABLE other(id int PRIMARY KEY, v text); INSERT INTO other SELECT i, i::text FROM generate_series(1, 50) i;';

  test.each([
    [
      'an index over a function that finds another one only by the search path',
      `CREATE EXTENSION unaccent;
       CREATE FUNCTION simple(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT unaccent($1) $$;
       CREATE TABLE person(id int PRIMARY KEY, name text); INSERT INTO person VALUES (1, 'Zoë');
       CREATE INDEX by_name ON person (simple(name));`,
      /^the server refused INDEX public\.by_name: function unaccent\(text\) does not exist/,
    ],
    [
      'a foreign key that its rows break',
      `CREATE TABLE one(id int PRIMARY KEY); CREATE TABLE many(id int REFERENCES one);
       SET session_replication_role = replica; INSERT INTO many VALUES (7);`,
      /^the server refused CONSTRAINT many_id_fkey ON public\.many: insert or update on table "many" violates foreign key/,
    ],
    [
      'duplicates under a unique index that is damaged',
      `CREATE TABLE twice(id int, v int); CREATE UNIQUE INDEX once ON twice(id);
       UPDATE pg_index SET indisready = false WHERE indexrelid = 'once'::regclass;
       INSERT INTO twice VALUES (1, 1), (1, 2);
       UPDATE pg_index SET indisready = true WHERE indexrelid = 'once'::regclass;`,
      /^the server refused INDEX public\.once: could not create unique index "once"/,
    ],
    [
      'an index over a function that fails',
      `CREATE FUNCTION half(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1 / 2; END $$;
       CREATE TABLE halves(v int); INSERT INTO halves VALUES (3); CREATE INDEX by_half ON halves (half(v));
       CREATE OR REPLACE FUNCTION half(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE 'no halves'; END $$;`,
      /^the server refused INDEX public\.by_half: no halves/,
    ],
    [
      'a materialised view that finds its function only by the search path',
      `CREATE FUNCTION deep() RETURNS int LANGUAGE sql AS 'SELECT 1';
       CREATE FUNCTION shallow() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN deep(); END $$;
       CREATE MATERIALIZED VIEW shown AS SELECT shallow() AS n;`,
      /^the server refused MATERIALIZED VIEW public\.shown: function deep\(\) does not exist/,
    ],
  ])(
    '%s',
    async (_what, setup, reason) => {
      const { rows: proof } = await databases.prove(`${rows}\n${setup}`, 'disposable');
      for (const row of proof) {
        expect(row).toMatchObject({ verdict: 'unproven', refused: 1, fix: expect.stringMatching(/\w/) });
        expect(row.findings[0]).toMatch(reason);
        expect(row.findings[1]).toMatch(/^\d+ of \d+ figures are the same$/);
        expect(row.compared).toBeGreaterThan(5);
      }
      // psql shows the SQLSTATE, pg_restore does not.
      expect(proof.map(({ findings }) => /\(SQLSTATE \w{5}\)$/.test(findings[0] ?? ''))).toEqual([false, true]);
    },
    120_000,
  );

  test('rows that their own check refuses: the archive goes on behind them, psql cannot', async () => {
    const { rows: proof } = await databases.prove(
      `${rows} CREATE FUNCTION small(int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true';
       CREATE TABLE checked(v int CHECK (small(v)), secret text); INSERT INTO checked VALUES (1, 'Ada'), (2, 'Grace');
       CREATE OR REPLACE FUNCTION small(int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT $1 < 2';`,
      'disposable',
    );
    const [archive, plain] = proof;
    expect(archive).toMatchObject({ verdict: 'unproven', refused: 1, compared: expect.any(Number) });
    expect(archive?.findings[0]).toMatch(/^the server refused rows of checked: new row .* violates check constraint/);
    expect(archive?.findings.at(-1)).toMatch(/rows of public\.checked: expected 2, found 0$/);
    expect(plain).toMatchObject({ verdict: 'unproven', refused: 1, compared: 0 });
    expect(plain?.findings[0]).toMatch(/^the server refused rows of public\.checked: .* \(SQLSTATE 23514\)$/);
    expect(JSON.stringify(proof)).not.toMatch(/Grace|Ada/);
  }, 120_000);
});

describe('a damaged file', () => {
  let dumped: Dumped;
  beforeAll(async () => {
    dumped = await databases.dump(
      `CREATE TABLE a(id int PRIMARY KEY, v text, d date DEFAULT '2026-01-01');
       INSERT INTO a SELECT i, md5(i::text) FROM generate_series(1, 300) i;
       CREATE VIEW b AS SELECT v FROM a WHERE id > 5; CREATE INDEX ON a(v);
       CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;`,
      'disposable',
    );
  }, 60_000);

  const kinds: readonly DumpFileKind[] = ['archive', 'plain'];
  const bytesOf = (kind: DumpFileKind): Buffer => dumped.contents[kind as 'archive' | 'plain'];
  async function verdicts(kind: DumpFileKind, damaged: readonly Buffer[], written?: Buffer): Promise<string[]> {
    const found: string[] = [];
    for (const bytes of damaged) {
      const { rows } = await proveFiles(
        dumped.engine,
        dumped.source,
        { [kind]: bytes },
        written && { [kind]: written },
      );
      found.push(rows[0]?.verdict ?? '');
    }
    return found;
  }

  test('is good when it is whole', async () => {
    const { rows } = await proveFiles(dumped.engine, dumped.source, dumped.contents);
    expect(rows.map(({ verdict, findings }) => [verdict, findings])).toEqual([
      ['good', []],
      ['good', []],
    ]);
  }, 60_000);

  test.each(kinds)(
    'the %s, cut off anywhere, is never good, whatever its SHA-256',
    async (kind) => {
      const whole = bytesOf(kind);
      const cuts = Array.from({ length: 20 }, (_, nth) => whole.subarray(0, Math.floor((whole.length * nth) / 20)));
      const found = await verdicts(kind, [...cuts, whole.subarray(0, whole.length - 1)]);
      expect(new Set(found)).toEqual(new Set(['bad']));
    },
    900_000,
  );

  test.each(kinds)(
    'the %s with a flipped byte is not the one of the receipt',
    async (kind) => {
      const whole = bytesOf(kind);
      const damaged = Array.from({ length: 50 }, (_, nth) => {
        const copy = Buffer.from(whole);
        const at = Math.floor((whole.length * (nth + 0.5)) / 50);
        copy.writeUInt8(copy.readUInt8(at) ^ (1 << (nth % 8)), at);
        return copy;
      });
      expect(await verdicts(kind, damaged, whole)).toEqual(damaged.map(() => 'bad'));
    },
    900_000,
  );
});
