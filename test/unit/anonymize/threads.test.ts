/** Rows that are rewritten in other threads: all that comes out is what one thread alone makes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { DumpError } from '../../../src/anonymize/format/dump-error.ts';
import { entryFile } from '../../../src/anonymize/threads/entry-file.ts';
import { noThreads } from '../../../src/anonymize/threads/row-threads.ts';
import { BackupError } from '../../../src/runtime/errors.ts';
import { type RunOptions, run } from './run.ts';

const threads = { count: 2, after: 0, waits: true };

const definitions = `CREATE TABLE people (id bigint NOT NULL, uuid uuid, name text, mail text, born date, note text, short varchar(20), pay numeric);
CREATE TABLE visits (id bigint NOT NULL, person bigint, day date, note text);
CREATE TABLE codes (id bigint, code varchar(20) NOT NULL);
CREATE TABLE dropped (id bigint, mail text);
`;
const constraints = `ALTER TABLE ONLY people ADD CONSTRAINT people_pkey PRIMARY KEY (id);
ALTER TABLE ONLY people ADD CONSTRAINT people_mail_key UNIQUE (mail);
ALTER TABLE ONLY visits ADD CONSTRAINT visits_person_fkey FOREIGN KEY (person) REFERENCES people(id);
ALTER TABLE ONLY codes ADD CONSTRAINT codes_code_key UNIQUE (code);
`;
const rules = `
version: 1
leak-check: { phones: warn, ibans: warn, cards: warn, replaced-values: warn }
tables:
  public.people:
    columns:
      id: pseudonym
      uuid: hash
      name: { fake: name }
      born: { shift-days: 90, by: id }
      short: mask
      pay: { noise: 10% }
  public.visits:
    rows: { sample: 40%, by: person }
    columns:
      person: pseudonym
      day: { shift-days: 10 }
  public.codes:
    columns: { id: pseudonym }
  public.dropped: { rows: drop }
`.replaceAll('public.', '');

/** The same numbers each time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

function copy(table: string, columns: string, rows: readonly string[]): string {
  return `COPY ${table} (${columns}) FROM stdin;\n${rows.map((row) => `${row}\n`).join('')}\\.\n\n`;
}

/** Rows in which all that matters stands: escapes, NULL, addresses in every disguise, values that are repeated elsewhere. */
function dump(seed = 1): string {
  const next = numbers(seed);
  const people = 6000;
  const digits = (count: number): string => String(Math.floor(next() * 10 ** count)).padStart(count, '0');
  const persons = Array.from({ length: people }, (_, id) => {
    const mail = id % 50 === 0 ? '\\N' : `person${id}.${digits(4)}@mail.example`;
    const note = [
      `call \\n+49 30 ${digits(7)}`,
      `see Person${id % 97} Meier and %40`,
      `{"m": "x${digits(3)}\\\\u0040corp.example"}`,
      '\\N',
      'plain words '.repeat(Math.floor(next() * 40)),
      `s:${20 + String(id).length}:"mail${id}@corp.example";`,
    ][id % 6];
    return `${id}\t${digits(8)}-1111-4222-8333-${digits(12)}\tPerson${id % 97} Meier\t${mail}\t19${digits(2)}-0${1 + (id % 9)}-11\t${note}\t${digits(9)}\t${digits(4)}.5`;
  });
  const visits = Array.from(
    { length: 2 * people },
    (_, id) =>
      `${id}\t${id % people}\t2024-02-0${1 + (id % 9)}\t${id % 3 === 0 ? `Person${id % 97} Meier` : `by a${id % 31}@b.example`}`,
  );
  const codes = Array.from({ length: 2000 }, (_, id) => `${id}\tc${id}@d.example`.slice(0, 20));
  return [
    definitions,
    copy('people', 'id, uuid, name, mail, born, note, short, pay', persons),
    `COMMENT ON TABLE people IS 'ask john@corp.example';\n`,
    copy('visits', 'id, person, day, note', visits),
    copy('dropped', 'id, mail', ['1\tjohn@corp.example']),
    copy('codes', 'id, code', codes),
    constraints,
  ].join('\n');
}

/** What a run gives, or how it fails. */
async function outcome(text: string, options: RunOptions) {
  try {
    const { bytes, report } = await run(text, options);
    return { bytes: bytes.toString('latin1'), report: { ...report, changed: report.changed && [...report.changed] } };
  } catch (error) {
    return { error, fields: { ...(error as object) } };
  }
}

describe('what a thread runs', () => {
  test('is beside the sources, or beside the bundle wherever that was copied', () => {
    expect(entryFile()?.pathname).toMatch(/\/src\/anonymize\/threads\/entry\.ts$/);
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-bundles-'));
    try {
      const own = pathToFileURL(join(folder, 'anonymize', 'index.js')).href;
      expect(entryFile(own)).toBeUndefined();
      for (const place of ['dist/rewrite-rows', 'rewrite-rows']) {
        mkdirSync(join(folder, place), { recursive: true });
        writeFileSync(join(folder, place, 'index.js'), '');
        expect(entryFile(own)?.pathname).toBe(join(folder, place, 'index.js'));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('rows rewritten in other threads', () => {
  test.each([
    [1, 65_536],
    [2, 1_048_576],
    [3, 99_991],
  ])('come out as in one thread, with the same report (dump %p in chunks of %p bytes)', async (seed, chunk) => {
    const text = dump(seed);
    const alone = await outcome(text, { rules, chunk, threads: noThreads });
    const shared = await outcome(text, { rules, chunk, threads });
    expect(alone).toHaveProperty('bytes');
    expect(alone.report?.leaks.map(({ kind }) => kind)).toContain('replaced-values');
    expect(shared).toEqual(alone);
  });

  test('begin at any row of a table', async () => {
    const text = dump();
    const alone = await outcome(text, { rules, threads: noThreads });
    expect(alone).toHaveProperty('bytes');
    expect(await outcome(text, { rules, threads: { count: 1, after: 400_000, waits: true } })).toEqual(alone);
  });

  test('fail with the error of one thread: the first in the dump, at its byte', async () => {
    const text = dump();
    const row = text.indexOf('\n5000\t');
    const broken = `${text.slice(0, row)}\n1\ttwo fields${text.slice(row)}`;
    // In a later row, the main thread would meet an error at once.
    const twice = broken.replace(
      'COPY visits (id, person, day, note)',
      'COPY visits (id) FROM nowhere; COPY visits (id',
    );
    for (const dumped of [broken, twice]) {
      const options = { rules, schema: definitions + constraints, chunk: 4_000_000 };
      const alone = await outcome(dumped, { ...options, threads: noThreads });
      const shared = await outcome(dumped, { ...options, threads });
      expect(alone).toHaveProperty('fields.offset', row + 1);
      expect(shared).toEqual(alone);
      expect((shared as { error: Error }).error).toBeInstanceOf(DumpError);
      expect((shared as { error: Error }).error.message).toBe((alone as { error: Error }).error.message);
    }
  });

  test('stay in one thread where addresses are too short to differ for certain', async () => {
    const short = 'version: 1\ntables: { codes: { columns: { id: pseudonym } } }';
    const rowsOf = (...codes: readonly string[][]): string =>
      [
        'CREATE TABLE codes (id bigint, code varchar(13) NOT NULL);',
        ...codes.map((some) =>
          copy(
            'codes',
            'id, code',
            some.map((code, id) => `${id}\t${code}@d.ex`),
          ),
        ),
        'ALTER TABLE ONLY codes ADD CONSTRAINT codes_code_key UNIQUE (code);\n',
      ].join('\n');
    const isRefused = async (codes: string[]): Promise<boolean> =>
      'error' in (await outcome(rowsOf(codes), { rules: short }));
    let other = 0;
    while (!(await isRefused(['first', `o${other}`]))) other += 1;
    // Two addresses that become the same one, in two blocks of rows.
    const text = rowsOf(Array(20_000).fill('first'), Array(20_000).fill(`o${other}`));
    const alone = await outcome(text, { rules: short, chunk: 4_000_000, threads: noThreads });
    expect((alone as { error: Error }).error).toBeInstanceOf(BackupError);
    expect(await outcome(text, { rules: short, chunk: 4_000_000, threads })).toEqual(alone);
  });
});
