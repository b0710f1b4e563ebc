/** The cases that are kept: finds, made as small as they can be. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from './case.ts';

const folder = join(import.meta.dirname, 'corpus');

export function corpus(): readonly { readonly name: string; readonly one: Case }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => ({ name, one: JSON.parse(readFileSync(join(folder, name), 'utf8')) as Case }));
}

/** Keeps a find. @returns the name of its file */
export function keep(one: Case, seed: number, problems: readonly string[]): string {
  const name = `found-${seed}.json`;
  const found = `seed ${seed}: ${problems[0]?.split('\n')[0]?.slice(0, 200)}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `${JSON.stringify({ found, ...one }, undefined, 2)}\n`);
  return name;
}
