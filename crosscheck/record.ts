/** What was heard last: docs/crosscheck.json, from which `npm run generate` writes the table of docs/crosscheck.md. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../scripts/lib/actions.ts';
import type { Testimony } from './hear.ts';

export interface Heard {
  readonly name: string;
  readonly version: string;
  readonly compares: string;
  readonly agreed: number;
  readonly known: readonly { why: string; right: string; source: string; count: number }[];
}

const path = join(root, 'docs', 'crosscheck.json');

export function readHeard(): Heard[] {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Heard[]) : [];
}

/** How many points the witness compared when it was recorded last, known differences too; 0 when it never was. */
export function recordedPoints(name: string): number {
  const heard = readHeard().find((one) => one.name === name);
  return heard === undefined ? 0 : heard.known.reduce((sum, { count }) => sum + count, heard.agreed);
}

/** Takes the place of what the same witness said before. */
export function record({ witness, installed, tally }: Testimony): void {
  const heard: Heard = {
    name: witness.name,
    version: installed,
    compares: witness.compares,
    agreed: tally.agreed,
    known: [...tally.known].map(([{ why, right, source }, count]) => ({ why, right, source, count })),
  };
  const before = readHeard();
  const others = before.filter(({ name }) => name !== heard.name);
  const all = [...others, heard].sort((one, other) => one.name.localeCompare(other.name));
  writeFileSync(path, `${JSON.stringify(all, null, 2)}\n`);
}
