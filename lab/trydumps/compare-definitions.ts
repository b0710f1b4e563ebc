/** Compares what pg_dump says of the definitions of two databases, and what no table holds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrialDatabase } from './database.ts';
import { withoutAddresses } from './expected.ts';

/** Addresses in definitions, which may have changed. */
const address = /[^\s"'<>(),:;=&?/{}|\\`@$[\]]+@(?:[\w-]+\.)+[\w-]+/gu;

/**
 * PostgreSQL writes some expressions otherwise once they were loaded from a dump (`ANY ((ARRAY['a'::varchar])::text[])`). So what differs
 * from the source is compared with what the source's own dump makes.
 * @param folder for files @param reload of the source's dump, not anonymised, in a database of its own
 * @returns the first lines that differ
 */
export async function compareDefinitions(
  source: TrialDatabase,
  copy: TrialDatabase,
  folder: string,
  reload: () => Promise<TrialDatabase>,
): Promise<string[]> {
  const written = async (database: TrialDatabase, name: string): Promise<string[]> => {
    const file = join(folder, `${name}.ddl`);
    await database.dump(file, '--schema-only');
    return definitions(file);
  };
  const theirs = await written(copy, 'copy');
  if (difference(await written(source, 'source'), theirs).length === 0) return [];
  const reloaded = await reload();
  try {
    return difference(await written(reloaded, 'reloaded'), theirs);
  } finally {
    await reloaded.drop();
  }
}

function difference(ours: readonly string[], theirs: readonly string[]): string[] {
  const at = ours.findIndex((line, index) => line !== theirs[index]);
  if (at < 0 && ours.length === theirs.length) return [];
  const line = at < 0 ? ours.length : at;
  return [`definitions differ: ${ours[line] ?? '(none)'} / ${theirs[line] ?? '(none)'}`];
}

function definitions(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => !/^\\(un)?restrict /.test(line))
    .map((line) => line.replace(address, '<address>'));
}

/** Sequences, and large objects. */
const elsewhere = [
  [
    'sequences',
    `SELECT md5(string_agg(format('%I.%I %s', schemaname, sequencename, last_value), ',' ORDER BY schemaname, sequencename)) FROM pg_sequences`,
  ],
  [
    'large objects',
    `SELECT count(*) || ' ' || coalesce(md5(string_agg(${withoutAddresses("encode(lo_get(oid), 'escape')")}, ',' ORDER BY oid)), '') FROM pg_largeobject_metadata`,
  ],
] as const;

export async function compareElsewhere(source: TrialDatabase, copy: TrialDatabase): Promise<string[]> {
  const differences: string[] = [];
  for (const [what, query] of elsewhere)
    if ((await source.sql(query)) !== (await copy.sql(query))) differences.push(`${what} differ`);
  return differences;
}
