/** One dump of MySQL or MariaDB: loaded, dumped again, anonymised in each way, restored, compared. */
import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import type { MysqlServer } from '../../hosts/mysql/server.ts';
import { anonymised, type Outcome, type Trial, type Way, ways } from '../anonymised.ts';
import type { TriedTable } from '../columns.ts';
import { derivedRules } from '../derived-rules.ts';
import { readRules } from '../expected.ts';
import { mysqlTables } from './columns.ts';
import { compareMysqlRows } from './compare-rows.ts';
import { MysqlTrialDatabase } from './database.ts';

interface Bench {
  readonly server: MysqlServer;
  /** Of the server. */
  readonly directory: string;
  readonly folder: string;
  readonly source: MysqlTrialDatabase;
  readonly tables: readonly TriedTable[];
}

/** @param directory of the server @param folder for its own files */
export async function tryMysqlDump(
  server: MysqlServer,
  directory: string,
  file: string,
  folder: string,
): Promise<Trial> {
  await copyForMariadb(file, join(folder, 'raw.sql'));
  const source = await MysqlTrialDatabase.create(server, directory, 'trial_source');
  try {
    const loadErrors = await source.run(join(folder, 'raw.sql'));
    if (loadErrors.length > 0) return { file, loadErrors, tables: 0, rows: 0, filled: 0, outcomes: [] };
    const tables = await mysqlTables(source);
    await source.dump(join(folder, 'fresh.sql'));
    const bench = { server, directory, folder, source, tables };
    const outcomes: Outcome[] = [];
    for (const input of ['raw', 'fresh'] as const)
      for (const way of ways)
        outcomes.push(
          await anonymised(
            folder,
            input,
            way,
            () => derivedRules(tables),
            (made, rules) => restoreAndCompare(bench, input, way, made, rules),
          ),
        );
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    return { file, loadErrors: [], tables: tables.length, rows, filled: 0, outcomes };
  } finally {
    await source.drop();
  }
}

/** Copies a dump without what names its database, and with collations that MariaDB knows instead of those of MySQL 8. */
async function copyForMariadb(from: string, to: string): Promise<void> {
  const out = createWriteStream(to, { encoding: 'latin1' });
  const lines = createInterface({ input: createReadStream(from, { encoding: 'latin1' }), crlfDelay: 0 });
  for await (const line of lines)
    if (!/^\s*(\/\*!\d+ )?(CREATE|DROP|ALTER) (DATABASE|SCHEMA)\b|^\s*USE\b/i.test(line))
      out.write(`${line.replaceAll(/utf8mb4_0900_\w+|utf8mb4_uca1400_\w+/g, 'utf8mb4_unicode_ci')}\n`);
  out.end();
  await finished(out);
}

async function restoreAndCompare(
  { server, directory, folder, source, tables }: Bench,
  input: Outcome['input'],
  way: Way,
  file: string,
  rules: string,
): Promise<Outcome> {
  const copy = await MysqlTrialDatabase.create(server, directory, 'trial_copy');
  try {
    const met = await copy.run(file);
    if (met.length > 0) return { input, way, result: 'not restored', details: met };
    const details = [...(await compareDefinitions(source, copy, folder))];
    const ruleOf = readRules(rules);
    for (const table of tables) details.push(...(await compareMysqlRows(source, copy, table, ruleOf)));
    return { input, way, result: details.length === 0 ? 'same' : 'different', details };
  } finally {
    await copy.drop();
  }
}

async function compareDefinitions(
  source: MysqlTrialDatabase,
  copy: MysqlTrialDatabase,
  folder: string,
): Promise<readonly string[]> {
  const written = async (database: MysqlTrialDatabase, name: string): Promise<readonly string[]> => {
    const file = join(folder, `${name}.ddl`);
    await database.dump(file, '--no-data', '--skip-dump-date');
    return readFileSync(file, 'utf8')
      .replaceAll(/ AUTO_INCREMENT=\d+|[^\s"'`(),]+@(?:[\w-]+\.)+[\w-]+|trial_\w+/g, '<>')
      .replaceAll(/DEFINER=\S+ ?/g, '')
      .split('\n');
  };
  const [ours, theirs] = [await written(source, 'source'), await written(copy, 'copy')];
  const at = ours.findIndex((line, index) => line !== theirs[index]);
  if (at < 0 && ours.length === theirs.length) return [];
  return [`definitions differ: ${ours[Math.max(at, 0)]} / ${theirs[Math.max(at, 0)]}`];
}
