/** Compares what pg_dump says of the definitions of two databases, and what no table holds. */
import { readFileSync } from 'node:fs';
import type { TrialDatabase } from './database.ts';
import { withoutAddresses } from './expected.ts';

/** Addresses in definitions, which may have changed. */
const address = /[^\s"'<>(),:;=&?/{}|\\`@$[\]]+@(?:[\w-]+\.)+[\w-]+/gu;

/** Files that hold both definitions. @returns the first lines that differ */
export async function compareDefinitions(
  source: TrialDatabase,
  copy: TrialDatabase,
  files: readonly [string, string],
): Promise<string[]> {
  await source.dump(files[0], '--schema-only');
  await copy.dump(files[1], '--schema-only');
  const [ours, theirs] = [definitions(files[0]), definitions(files[1])];
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
