/** Reads a dump that is not anonymised, and proposes rules for it. */
import { type ReadOptions, readDump } from '../format/read-dump.ts';
import { Catalogue } from '../schema/catalogue.ts';
import { ColumnSamples } from './column-samples.ts';
import { type Proposal, propose } from './propose.ts';

/** @throws DumpError when the dump cannot be read, or is cut off */
export async function audit(source: AsyncIterable<Buffer>, options: ReadOptions): Promise<readonly Proposal[]> {
  const catalogue = new Catalogue();
  const samples = new ColumnSamples(catalogue);
  await readDump(source, samples, { ...options, knows: (name) => catalogue.has(name) });
  return propose(catalogue, samples);
}
