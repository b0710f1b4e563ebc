/**
 * Looks again at documents that the dump holds otherwise than two equal readings say: a lock that is taken and given back looks the
 * same before and after. One that is seen to change moved; of one that is not, nobody can say.
 */
import type { MongoClient } from 'mongodb';
import type { TableFingerprint } from '../../../../domain/dump.ts';
import { documentsIn, replayed } from '../../../../dump/engines/mongodb/fingerprint/names.ts';
import type { WorkContext } from '../../../../runtime/context.ts';
import { type Reading, tableOf } from '../fingerprint.ts';
import { readDocuments } from '../read-documents.ts';
import type { DumpContent } from './held.ts';

/** Readings of a collection at most, and documents read so in all: a first look is always taken. */
const [mostLooks, mostDocuments] = [20, 100_000];

/** @returns the second reading, in which what moved since is another. @throws the error of that reading; the signal's reason */
export async function withMoved(
  client: MongoClient,
  before: Reading,
  after: Reading | { readonly error: unknown },
  content: DumpContent,
  recentSince: number,
  { signal }: WorkContext,
): Promise<Reading> {
  if ('error' in after) throw after.error;
  const first = new Map(before.tables.map((one) => [one.name, one]));
  const look = async (table: TableFingerprint): Promise<TableFingerprint> => {
    const [was, held] = [first.get(table.name)?.classes, content.table(table.name)?.classes];
    let seen = table;
    for (let looks = 0, read = 0; looks < mostLooks && read < mostDocuments; looks += 1) {
      if (!isStrange(was, seen.classes, held)) break;
      seen = await again(client, seen, was ?? [], { recentSince, signal });
      read += Number(seen.rows);
    }
    return seen;
  };
  const tables: TableFingerprint[] = [];
  for (const one of after.tables) tables.push(await look(one));
  return { ...after, tables };
}

type Classes = readonly string[] | undefined;

/** Whether a class that stood still is another in the dump, which does not hold more than it: more was inserted meanwhile. */
function isStrange(before: Classes, after: Classes, held: Classes): boolean {
  if (before === undefined || before.length !== after?.length || before.length !== held?.length) return false;
  return before.slice(0, -1).some((sum, at) => {
    const other = held[at] as string;
    return sum === after[at] && sum !== other && other !== replayed && documentsIn(other) <= documentsIn(sum);
  });
}

/** What was seen to move once stays so. */
async function again(
  client: MongoClient,
  table: TableFingerprint,
  before: readonly string[],
  { recentSince, signal }: { readonly recentSince: number; readonly signal: AbortSignal },
): Promise<TableFingerprint> {
  const { name, classes = [] } = table;
  const dot = name.indexOf('.');
  const rule = { classes: classes.length - 1, recentSince };
  const one = { database: name.slice(0, dot), name: name.slice(dot + 1) };
  const found = tableOf(name, await readDocuments(client, one, { rule, recentSince, signal }));
  const merged = found.classes?.map((sum, at) => (classes[at] === before[at] ? sum : (classes[at] as string)));
  return { ...found, classes: merged };
}
