/** Which changes share a copy: proving one takes seconds, whatever has changed in it. */
import { mustBeNoticed, type SharingChange } from './changes.ts';

/** Changes that one copy has at most. */
const most = 40;

/** What changes of one copy have in common: whether they are to be noticed, how they are made, and in which copy. */
function family(change: SharingChange): string {
  return `${mustBeNoticed(change)} ${'copy' in change ? change.copy : 'of a server'} ${change.kind === 'harmless'}`;
}

/**
 * Changes of one family that name different things share a copy, so that what is found can be told apart.
 * @returns all changes, each once
 */
export function batches<C extends SharingChange>(changes: readonly C[]): readonly (readonly C[])[] {
  const all: { readonly family: string; readonly things: Set<string>; readonly changes: C[] }[] = [];
  for (const change of changes) {
    const { at } = change;
    const fits = all.find(
      (one) => at !== undefined && one.family === family(change) && one.changes.length < most && !one.things.has(at),
    );
    if (fits && at !== undefined) {
      fits.things.add(at);
      fits.changes.push(change);
    } else {
      const alone = at === undefined ? `alone ${all.length}` : family(change);
      all.push({ family: alone, things: new Set(at === undefined ? [] : [at]), changes: [change] });
    }
  }
  return all.map((one) => one.changes);
}

/** Whether a text names a thing: the word as a whole, so that `harbour` is neither `harbours` nor `harbour.bag`. */
export function names(text: string, thing: string): boolean {
  const before = /^\w/.test(thing) ? '(?<!\\w)' : '';
  const after = thing.includes('.') ? '(?!\\w)' : '(?!\\w|\\.\\w)';
  return new RegExp(`${before}${thing.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}${after}`).test(text);
}
