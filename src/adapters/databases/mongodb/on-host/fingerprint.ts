/** What a host told of the source of its dump: two readings, which mongosh made there, and what mongodump said. */
import type { DumpFingerprint, UnreadFact } from '../../../../domain/dump.ts';
import type { HostReading } from '../../../../dump/engines/mongodb/fingerprint/host-reading.ts';
import { incompleteFingerprint } from '../../../../dump/proof/incomplete.ts';
import type { Definitions } from '../../../../ports/dump-engine.ts';
import { factsOf } from '../dump/dump.ts';
import type { Reading } from '../fingerprint.ts';

export interface FingerprintOnHost {
  readonly fingerprint: DumpFingerprint;
  readonly words: Definitions | undefined;
}

/** `done dumping shop.people (12 documents)` (mongo-tools, mongodump.go); a database's name has no dot. */
const dumpedPattern = /^done dumping (.+) \((\d+) documents?\)$/;

/** @param rows of dump-state: `{before, after}` or `{lost}`, and what mongodump said as strings */
export function fingerprintOnHost(
  rows: readonly unknown[],
  about: Pick<DumpFingerprint, 'takenAt' | 'seconds' | 'serverVersion'>,
): FingerprintOnHost {
  const dumped = new Map(
    rows.flatMap((row) => {
      const [, name, count] = (typeof row === 'string' && dumpedPattern.exec(row)) || [];
      return name === undefined || name.startsWith('admin.') ? [] : [[name, Number(count)] as const];
    }),
  );
  const base = { ...about, tables: [], sequences: {}, extensions: {}, objects: {} };
  const both = rows.find(isReadings);
  if (both === undefined) {
    const databases = [...new Set([...dumped.keys()].map((name) => name.split('.', 1)[0] as string))];
    return { fingerprint: incompleteFingerprint({ ...base, databases }, whyLost(rows)), words: undefined };
  }
  const [before, after] = [readingOf(both.before), readingOf(both.after)];
  const facts = factsOf(before, after, dumped, new Date(about.takenAt));
  const fingerprint: DumpFingerprint = {
    ...base,
    ...facts,
    // Classes are made by this moment; the copy's must be, too.
    takenAt: new Date(both.before.since * 1000).toISOString(),
    databases: both.before.databases,
    unread: [...(facts.unread ?? []), ...passing(both, dumped)],
  };
  return { fingerprint, words: before.words };
}

interface Readings {
  readonly before: HostReading;
  readonly after: HostReading;
}

function isReadings(row: unknown): row is Readings {
  return typeof row === 'object' && row !== null && 'before' in row && 'after' in row;
}

function whyLost(rows: readonly unknown[]): string {
  const lost = rows.find(
    (row): row is { lost: string } => typeof (row as { lost?: unknown } | null)?.lost === 'string',
  );
  return lost?.lost ?? 'the host told nothing of the source';
}

function readingOf({ words, ...rest }: HostReading): Reading {
  return { ...rest, words: new Map(Object.entries(words)) };
}

/** Collections that were the same in both readings, and had more documents between them: nothing says which of those the dump holds. */
function passing({ before }: Readings, dumped: ReadonlyMap<string, number>): readonly UnreadFact[] {
  return before.tables
    .filter(({ name, rows, classes }) => classes === undefined && (dumped.get(name) ?? 0) > Number(rows))
    .map(({ name }) => ({
      what: `documents of ${name}`,
      why: 'documents were inserted and deleted again while it was dumped; dump at a quieter time',
    }));
}
