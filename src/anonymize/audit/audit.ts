/**
 * Reads a dump that is not anonymised, and proposes rules for it. Where the dump can be read again, it tries them: what the leak
 * check would stop is named, so that the proposal runs as it is and a person decides.
 */
import { type ReadOptions, readDump } from '../format/read-dump.ts';
import { Catalogue } from '../schema/catalogue.ts';
import { ColumnSamples } from './column-samples.ts';
import type { Proposed } from './document.ts';
import { propose } from './propose.ts';
import { type Found, tryProposals } from './try-proposals.ts';

export interface Audit extends Proposed {
  /** What a run with these rules finds and leaves; undefined when the dump could be read only once. */
  readonly found: Found | undefined;
}

/**
 * @param open gives the SQL from its beginning
 * @param again whether it can be opened a second and a third time
 * @throws DumpError when the dump cannot be read, or is cut off
 */
export async function audit(open: () => AsyncIterable<Buffer>, again: boolean, options: ReadOptions): Promise<Audit> {
  const catalogue = new Catalogue();
  const samples = new ColumnSamples(catalogue);
  await readDump(open(), samples, { ...options, knows: (name) => catalogue.has(name) });
  const proposals = propose(catalogue, samples);
  const undefinedTables = samples.tables().filter((name) => catalogue.table(name) === undefined);
  const proposed = { proposals, undefinedTables };
  return { ...proposed, found: again ? await tryProposals(proposed, catalogue, open, options) : undefined };
}
