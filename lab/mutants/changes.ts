/** The changes that are made to restored copies, each of which a proof must notice or may overlook. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * What a proof has to say of a change: `data` and `object` are things that a user could miss, and must be noticed. `tuning` makes
 * a database slower at most; it is noticed, too. `excluded` is no part of a dump of one database. `equal` is no change at all.
 */
export const kinds = ['data', 'object', 'tuning', 'excluded', 'equal'] as const;
export type Kind = (typeof kinds)[number];

export interface Change {
  readonly kind: Kind;
  /** What it is, for people. */
  readonly what: string;
  readonly sql: string;
}

/** Whether the proof of a copy with such a change must not be `good`. */
export function mustBeNoticed({ kind }: Change): boolean {
  return kind === 'data' || kind === 'object' || kind === 'tuning';
}

const folder = fileURLToPath(new URL('./', import.meta.url));
export const textOf = (name: string): string => readFileSync(`${folder}${name}`, 'utf8');

/** All changes, in the order of their files: `-- KIND: WHAT`, and the SQL that makes it. */
export function readChanges(): readonly Change[] {
  const text = globSync('changes/*.sql', { cwd: folder }).toSorted().map(textOf).join('');
  const heading = new RegExp(`^-- (${kinds.join('|')}): (.*)\n([^]*?)(?=^-- |(?![^]))`, 'gm');
  return [...text.matchAll(heading)].map(([, kind, what = '', sql = '']) => ({ kind: kind as Kind, what, sql }));
}
