/** Sequences, which ignore snapshots: what counts is what pg_dump read, whatever the source had before and later. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { command } from '../../lab/hosts/command.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { textOf } from '../../lab/mutants/dumps/changes.ts';
import { compareCopy } from '../../lab/mutants/dumps/trial.ts';
import { canonicalQualified } from '../../src/anonymize/format/names.ts';
import { BusyServer, type Dumped } from './support-busy.ts';

const busy = new BusyServer();

/** Names of sequences, as PostgreSQL quotes them. */
const odd = `"Odd ""schema""\\'x"`;
const names = [
  'public.flip',
  'public.moved',
  'public.unused',
  'public."user"',
  'public.people_id_seq',
  `${odd}."Seq'x\\y, 5, true);"`,
  `${odd}."two\nlines"`,
  'public."größe"',
];
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const set = (name: string, value: number): string => `SELECT setval(${literal(name)}, ${value});`;
const [flip, moved] = ['public.flip', 'public.moved'];

beforeAll(async () => {
  ensurePrerequisites();
  await busy.start();
  await busy.database(
    'shop',
    `CREATE SCHEMA ${odd};
${names
  .filter((name) => !name.endsWith('_id_seq'))
  .map((name) => `CREATE SEQUENCE ${name};`)
  .join('\n')}
CREATE TABLE begun (dump text);
CREATE TABLE people (id int GENERATED ALWAYS AS IDENTITY (INCREMENT -3), name text);
INSERT INTO people (name) VALUES ('a'), ('b');
${names
  .filter((name) => name.startsWith(odd))
  .map((name, i) => set(name, 70 + i))
  .join('\n')}
DO $$ BEGIN FOR i IN 1..200 LOOP EXECUTE format('CREATE TABLE many_%s (a int, b text)', i); END LOOP; END $$;`,
  );
  await busy.database('none', 'CREATE TABLE t (i int)');
}, 120_000);
afterAll(() => busy.stop(), 60_000);

/** Sets both sequences once pg_dump has its session, and again once it has read them: `flip` forward and back, `moved` on. */
async function dumpWhileTheyAreSet(format: 'custom' | 'directory'): Promise<Dumped> {
  const inBetween = `${set(flip, 99)} ${set(moved, 50)}`;
  for (let attempt = 1; ; attempt += 1) {
    await busy.server.sql(`${set(flip, 5)} ${set(moved, 1)}`, 'shop');
    const setting = busy.server.sql(
      `DO $$ BEGIN
WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name ~ '^holdfast [0-9a-f]{12}$')
  AND NOT EXISTS (SELECT FROM begun WHERE dump = '${format} ${attempt}')
LOOP PERFORM pg_stat_clear_snapshot(), pg_sleep(0.001); END LOOP;
${inBetween.replaceAll('SELECT', 'PERFORM')} END $$`,
      'shop',
    );
    const dumped = await busy.dump({
      options: { format },
      begun: async () => {
        await busy.server.sql(`INSERT INTO begun VALUES ('${format} ${attempt}')`, 'shop');
        await setting;
        await busy.server.sql(`${set(flip, 5)} ${set(moved, 100)}`, 'shop');
      },
    });
    // On a machine that is busy itself, pg_dump may be faster.
    if (dumped.fingerprint.sequencesInArchive?.[flip] === '99' || attempt === 100) return dumped;
  }
}

/** Restores an archive, changes the copy, and compares. */
async function compared({ fingerprint, archive }: Dumped, change = '') {
  await busy.server.createDatabase('copy');
  try {
    await command(join(busy.server.binaries, 'pg_restore'), '--no-owner', '-d', busy.server.url('copy'), archive);
    if (change) await busy.server.sql(change, 'copy');
    const { differences, notes = [], unread } = await compareCopy(busy.server, 'copy', fingerprint);
    return { differences, notes: notes.filter((note) => note.startsWith('sequence')), unread };
  } finally {
    await busy.server.sql('DROP DATABASE copy WITH (FORCE)');
  }
}

describe.each(['custom', 'directory'] as const)('an archive in %s format', (format) => {
  let dumped: Dumped;
  beforeAll(async () => {
    dumped = await dumpWhileTheyAreSet(format);
  }, 120_000);

  test('tells the values of all sequences, by the names of the fingerprint', () => {
    const { sequences, sequencesBefore, sequencesInArchive = {} } = dumped.fingerprint;
    expect(Object.keys(sequences).sort()).toEqual([...names].sort());
    expect(Object.keys(sequencesInArchive).sort()).toEqual(names.map(canonicalQualified).sort());
    expect([sequencesBefore, sequences[flip], sequences[moved]]).toEqual([{ [moved]: '1' }, '5', '100']);
    for (const [name, value] of Object.entries(sequences))
      if (name !== flip && name !== moved)
        expect([name, sequencesInArchive[canonicalQualified(name)]]).toEqual([name, value]);
    expect(sequencesInArchive).toMatchObject({ [flip]: '99', [moved]: '50' });
    expect(existsSync(`${dumped.archive}.items`)).toBe(false);
  });

  test('gives a sound copy, although a sequence was set forward and back meanwhile', async () => {
    expect(await compared(dumped)).toEqual({
      differences: [],
      notes: ["sequence public.flip was set during the dump: it was at 5, then at 5; the dump's is at 99"],
      unread: [],
    });
  }, 60_000);

  test('gives a copy of which every other value is a difference, also one that the source had', async () => {
    const { differences } = await compared(dumped, `${set(flip, 5)} ${set(moved, 60)}`);
    expect(differences).toEqual([
      { what: 'sequence public.flip', expected: '99', found: '5' },
      { what: 'sequence public.moved', expected: '50', found: '60' },
    ]);
  }, 60_000);
});

test('an archive without sequences has no values of any', async () => {
  const { fingerprint } = await busy.dump({ database: 'none' });
  expect(fingerprint.sequencesInArchive).toEqual({});
}, 60_000);

test.each([
  ['LATIN1', 'größe'],
  ['WIN1252', 'größe'],
  ['EUC_JP', '番号'],
  ['EUC_CN', '编号'],
  ['SQL_ASCII', 'größe'],
])(
  'an archive of a database in %s tells its sequences by their names',
  async (encoding, name) => {
    const database = `in_${encoding.toLowerCase()}`;
    await busy.database(
      database,
      `CREATE SEQUENCE "${name}"; SELECT setval('"${name}"', 7);`,
      `ENCODING '${encoding}' LOCALE 'C'`,
    );
    const { sequences, sequencesInArchive } = (await busy.dump({ database })).fingerprint;
    expect([sequences, sequencesInArchive]).toEqual([{ [`public."${name}"`]: '7' }, { [`public."${name}"`]: '7' }]);
  },
  60_000,
);

test('an archive tells the value of a sequence that is part of the configuration of an extension', async () => {
  await busy.database('extended', `${textOf('extension.sql')} SELECT setval('system_ids', 900007);`);
  const { sequences, sequencesInArchive } = (await busy.dump({ database: 'extended' })).fingerprint;
  expect([sequences, sequencesInArchive]).toEqual([
    { 'public.system_ids': '900007' },
    { 'public.system_ids': '900007' },
  ]);
}, 60_000);
