/**
 * Reads a dump that is not anonymised, and proposes rules for it. Where the dump can be read again, it tries them: what the leak
 * check would stop is named, so that the proposal runs as it is and a person decides.
 */
import { type ReadOptions, readDump } from '../format/read-dump.ts';
import { Catalogue } from '../schema/catalogue.ts';
import { ColumnSamples } from './column-samples.ts';
import { type Proposal, propose } from './propose.ts';
import { type Found, tryProposals } from './try-proposals.ts';

export interface Audit {
  readonly proposals: readonly Proposal[];
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
  return { proposals, found: again ? await tryProposals(proposals, catalogue, open, options) : undefined };
}
