/**
 * What both say at each point that differs as known: `differences.jsonl` of the witness, one difference a line. `--accept` writes it, and
 * whoever commits it has read what changed; known.ts says why, and who is right.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Difference, lineOf } from './points.ts';

const fileOf = (witness: string): string => join(import.meta.dirname, 'witnesses', witness, 'differences.jsonl');

export function readDifferences(witness: string): Difference[] {
  const file = fileOf(witness);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Difference);
}

export function writeDifferences(witness: string, differences: readonly Difference[]): void {
  const lines = differences.map(lineOf).sort();
  if (lines.length === 0) rmSync(fileOf(witness), { force: true });
  else writeFileSync(fileOf(witness), `${lines.join('\n')}\n`);
}
