/** The changes that are made to restored copies, each of which a proof must notice or may overlook. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a proof has to say of a change: `data` and `object` are things that a user could miss, and must be noticed. `tuning` makes
 * a database slower at most; it is noticed, too. `excluded` is no part of what is compared. `equal` is no change at all.
 */
export const kinds = ['data', 'object', 'tuning', 'excluded', 'equal'] as const;
/** Changes of files below the database: `bytes` damage it, `harmless` ones cannot matter. */
export const byteKinds = ['bytes', 'harmless'] as const;
export type Kind = (typeof kinds)[number] | (typeof byteKinds)[number];

/** A change of which several may be made to one copy. */
export interface SharingChange {
  readonly kind: Kind;
  /** What it is, for people. */
  readonly what: string;
  /** Word by which what is found names the thing that was changed. Undefined: the change has a copy to itself. */
  readonly at?: string | undefined;
}

export interface Change extends SharingChange {
  readonly sql: string;
}

/** Whether the proof of a copy with such a change must not be `good`. */
export function mustBeNoticed({ kind }: { readonly kind: Kind }): boolean {
  return kind !== 'excluded' && kind !== 'equal' && kind !== 'harmless';
}

export interface Outcome<C extends { readonly kind: Kind } = Change> {
  readonly change: C;
  /** The first difference, or what could not be compared; undefined when the proof would be good. */
  readonly noticed: string | undefined;
}

/** Whether a change was noticed that must be, or was not that need not be. */
export function isRight({ change, noticed }: Outcome<{ readonly kind: Kind }>): boolean {
  return mustBeNoticed(change) === (noticed !== undefined);
}

/**
 * All changes under `changes/` in a folder, in the order of their files: `-- KIND: WHAT` or `-- KIND @AT: WHAT`, and the SQL
 * that makes it.
 */
export function readChanges(folder: string): readonly Change[] {
  const files = globSync('changes/*.sql', { cwd: folder }).toSorted();
  const text = files.map((name) => readFileSync(join(folder, name), 'utf8')).join('');
  const heading = new RegExp(`^-- (${kinds.join('|')})(?: @(\\S+))?: (.*)\n([^]*?)(?=^-- |(?![^]))`, 'gm');
  return [...text.matchAll(heading)].map(([, kind, at, what = '', sql = '']) => ({
    kind: kind as Kind,
    what,
    ...(at === undefined ? {} : { at }),
    sql,
  }));
}
