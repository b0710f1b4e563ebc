/** One dump: loaded, dumped again, anonymised in each way, restored, compared. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresServer } from '../hosts/postgres/server.ts';
import { anonymised, type Outcome, type Trial, type Way, ways } from './anonymised.ts';
import { type TriedTable, triedTables } from './columns.ts';
import { compareDefinitions, compareElsewhere } from './compare-definitions.ts';
import { compareRows } from './compare-rows.ts';
import { TrialDatabase } from './database.ts';
import { derivedRules } from './derived-rules.ts';
import { readRules } from './expected.ts';
import { fillTables } from './fill.ts';
import { copyWithoutDatabase, load } from './load.ts';

interface Bench {
  readonly server: PostgresServer;
  /** For files, which are written anew by every trial. */
  readonly folder: string;
  readonly source: TrialDatabase;
  readonly tables: readonly TriedTable[];
  /** Rows of each table. */
  readonly counts: readonly number[];
  /** Of the file as it was found: what the server says of it. */
  readonly errors: readonly string[];
}

/** @param folder for its own files @param fill rows to make up for each table without any */
export async function tryDump(server: PostgresServer, file: string, folder: string, fill = 0): Promise<Trial> {
  const at = (name: string): string => join(folder, name);
  await copyWithoutDatabase(file, at('raw.sql'));
  const { database: source, errors, harmful } = await load(server, at('raw.sql'), 'trial_source');
  try {
    const tables = await triedTables(source);
    if (tables.length === 0 && harmful.length > 0)
      return { file, loadErrors: harmful, tables: 0, rows: 0, filled: 0, outcomes: [] };
    const filled = fill > 0 ? await fillTables(source, fill) : 0;
    await source.dump(at('fresh.sql'));
    const counts = await countRows(source, tables);
    const bench = { server, folder, source, tables, counts, errors };
    const outcomes: Outcome[] = [];
    const asFound = isDump(at('raw.sql')) && filled === 0 && harmful.length === 0;
    for (const input of asFound ? (['raw', 'fresh'] as const) : (['fresh'] as const))
      for (const way of ways) outcomes.push(await tryWay(bench, input, way));
    return {
      file,
      loadErrors: harmful,
      tables: tables.length,
      rows: counts.reduce((sum, count) => sum + count, 0),
      filled,
      outcomes,
    };
  } finally {
    await source.drop();
  }
}

type RuleOf = ReturnType<typeof readRules>;

/** Columns that the rows of a file leave out get their DEFAULT, whatever their rule. */
function withoutLeftOut(ruleOf: RuleOf, file: string): RuleOf {
  const listed = new Map<string, ReadonlySet<string>>();
  for (const [, table = '', columns = ''] of readFileSync(file, 'latin1').matchAll(
    /^COPY (\S+) \((.+)\) FROM stdin;$/gm,
  ))
    listed.set(table.replace(/^public\./, ''), new Set(columns.split(', ').map((name) => name.replaceAll('"', ''))));
  return (table, column) => {
    const own = listed.get(table.ruled.replace(/^public\./, ''));
    return own === undefined || own.has(column) ? ruleOf(table, column) : 'emails';
  };
}

/** Rows by table. */
async function countRows(database: TrialDatabase, tables: readonly TriedTable[]): Promise<readonly number[]> {
  if (tables.length === 0) return [];
  const counts = tables.map(({ quoted }) => `(SELECT count(*) FROM ONLY ${quoted})`);
  return JSON.parse(await database.sql(`SELECT array_to_json(ARRAY[${counts.join(', ')}])`)) as number[];
}

/** Whether pg_dump wrote the file. */
function isDump(file: string): boolean {
  const head = Buffer.alloc(4096);
  const descriptor = openSync(file, 'r');
  try {
    return head.toString('latin1', 0, readSync(descriptor, head)).includes('-- PostgreSQL database dump');
  } finally {
    closeSync(descriptor);
  }
}

async function tryWay(bench: Bench, input: Outcome['input'], way: Way): Promise<Outcome> {
  return anonymised(
    bench.folder,
    input,
    way,
    () => derivedRules(bench.tables),
    (file, rules) => restoreAndCompare(bench, input, way, file, rules),
  );
}

/** Roles are the server's: what the source has created, the copy finds. */
function aboutContent(error: string): boolean {
  return !/\brole "[^"]*" (already exists|cannot be dropped|does not exist)/.test(error);
}

async function restoreAndCompare(
  { server, folder, source, tables, counts, errors }: Bench,
  input: Outcome['input'],
  way: Way,
  file: string,
  rules: string,
): Promise<Outcome> {
  const copy = await TrialDatabase.create(server, 'trial_copy');
  try {
    const reload = async (): Promise<TrialDatabase> => {
      const again = await TrialDatabase.create(server, 'trial_reloaded');
      await again.run(join(folder, `${input}.sql`), 'end');
      return again;
    };
    const met = (await copy.run(file, input === 'fresh' ? 'error' : 'end')).filter(aboutContent);
    const expected = input === 'fresh' ? [] : errors.filter(aboutContent);
    if (met.join('\n') !== expected.join('\n'))
      return { input, way, result: 'not restored', details: met.filter((error) => !expected.includes(error)) };
    const details = [
      ...(await compareDefinitions(source, copy, folder, reload)),
      ...(await compareElsewhere(source, copy)),
    ];
    const ruleOf = withoutLeftOut(readRules(rules), join(folder, `${input}.sql`));
    const copied = await countRows(copy, tables);
    for (const [index, table] of tables.entries()) {
      if (counts[index] === 0 && copied[index] === 0) continue;
      const { differences, left } = await compareRows(source, copy, table, ruleOf);
      details.push(...differences, ...left);
    }
    return { input, way, result: details.length === 0 ? 'same' : 'different', details };
  } finally {
    await copy.drop();
  }
}
