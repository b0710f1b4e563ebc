/** Runs the anonymiser with proposed rules, and throws away what it writes. */
import type { ReadOptions } from '../format/read-dump.ts';
import { type AnonymizeReport, anonymize } from '../pipeline/anonymize.ts';
import { leakKinds } from '../rules/file/leak-kinds.ts';
import { rulesFile } from '../rules/file/rules-file.ts';
import type { Catalogue } from '../schema/catalogue.ts';
import { documentOf, type Proposed } from './document.ts';

export interface Found {
  readonly leaks: AnonymizeReport['leaks'];
  /** Why the run stops, which no proposal can change. */
  readonly stops: string | undefined;
}

const warn = Object.fromEntries(leakKinds.map((kind) => [kind, 'warn'] as const));

/** @param catalogue of the whole dump */
export async function tryProposals(
  proposed: Proposed,
  catalogue: Catalogue,
  open: () => AsyncIterable<Buffer>,
  { requireFooter, signal }: ReadOptions,
): Promise<Found> {
  try {
    const { leaks } = await anonymize({
      source: open(),
      sink: async () => {},
      compression: 'none',
      rules: rulesFile({ ...documentOf(proposed), 'leak-check': warn }),
      strict: true,
      // Which pseudonyms it writes says nothing.
      key: Buffer.from('a key for a trial run'),
      ...{ catalogue, requireFooter, signal },
    });
    return { leaks, stops: undefined };
  } catch (error) {
    signal?.throwIfAborted();
    return { leaks: [], stops: (error as Error).message };
  }
}
