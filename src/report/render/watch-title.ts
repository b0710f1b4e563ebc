/** What a source's failure is called, in issues and mails alike. */
import type { SourceTrouble } from '../../domain/watching.ts';
import { oneLine } from './escape.ts';

const titles: Readonly<Record<string, (source: string) => string>> = {
  missing: (source) => `Backup of ${source} is missing`,
  'too-old': (source) => `Newest proven backup of ${source} is too old`,
  'to-correct': (what) => `The watchdog cannot understand ${what}`,
  'too-slow': (source) => `Restore of ${source} takes too long`,
};

type Named = Pick<SourceTrouble, 'key' | 'source' | 'failure' | 'what'>;

/** Of one part of a source: its name says what it is. */
export function titleOfPart(name: string, { failure, what }: Named): string {
  return titles[failure]?.(oneLine(name)) ?? oneLine(what);
}

export function titleOf({ key, source, failure, what }: Named): string {
  const shown = key.startsWith('rotation-snapshot ') ? `the volumes of ${source}` : source;
  return titles[failure]?.(oneLine(shown)) ?? oneLine(what);
}
