/** Files of db-dump restored by mongorestore, beside what was dumped and what the vendor's own dump becomes. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { MongoKind, MongoServer } from '../../../lab/hosts/mongodb/server.ts';
import { firstDifference, ran } from '../../lib/programs.ts';
import type { Points } from '../../points.ts';
import { addressesIn, withoutAddresses } from '../wild-dumps/addresses.ts';
import { type Collection, contentOf } from './content.ts';
import { dropAll } from './sample.ts';

export interface Source {
  readonly name: string;
  readonly kind: MongoKind;
  readonly content: Readonly<Record<string, Collection>>;
  /** Paths by the ends of their names: `tar.gz`, `anon.archive.gz`, … */
  readonly files: Readonly<Record<string, string>>;
  /** Folder that the vendor's mongodump wrote. */
  readonly theirs: string;
}

/** @param folder for what is unpacked */
export async function compareRestored(
  points: Points,
  source: Source,
  target: MongoServer,
  folder: string,
): Promise<void> {
  // Types that the other server does not know.
  const left = source.kind === 'java' && target.kind === 'ferret' ? ['ingest-2.more'] : [];
  const words = left.map((name) => `--nsExclude=${name}`);
  const expected = Object.entries(source.content).filter(([name]) => !left.includes(name));
  const vendors = await restored(target, [...words, source.theirs]);
  for (const [end, file] of Object.entries(source.files)) {
    const point = (what: string): string => `${source.name} ${end} on ${target.kind}: ${what}`;
    const ours = await restored(target, [...words, ...(await given(file, folder))]);
    points.compare(point('mongorestore'), ours.said, vendors.said);
    points.compare(
      point('collections'),
      Object.keys(ours.content),
      expected.map(([name]) => name),
    );
    for (const [name, { documents, count }] of expected) {
      const found = ours.content[name];
      if (!found) continue;
      points.compare(point(`number of ${name}`), found.count, count);
      points.compare(point(`indexes of ${name}`), found.indexes, vendors.content[name]?.indexes);
      const isAnonymised = end.startsWith('anon.');
      const [one, other] = [found.documents, documents].map(isAnonymised ? withoutAddresses : (text) => text);
      compareText(points, point(`documents of ${name}`), one ?? '', other ?? '');
      if (!isAnonymised) continue;
      const known = new Set(addressesIn(documents));
      const kept = addressesIn(found.documents).filter((address) => known.has(address));
      points.compare(point(`addresses of ${name}`), kept, []);
    }
  }
}

/** What mongorestore reads: an archive as it is, a tarball unpacked. */
async function given(file: string, folder: string): Promise<readonly string[]> {
  if (file.endsWith('.archive.gz')) return ['--gzip', `--archive=${file}`];
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const { status, out, err } = await ran('tar', ['-xzf', file, '-C', folder], process.env as Record<string, string>);
  if (status !== 0) throw new Error(`tar failed: ${err}${out}`);
  const top = await ran('sh', ['-c', 'echo "$0"/data/db/dump/*/', folder], process.env as Record<string, string>);
  return [top.out.trim()];
}

interface Restored {
  /** Its last line, without the time: how many documents were restored, and how many failed. */
  readonly said: string;
  readonly content: Readonly<Record<string, Collection>>;
}

async function restored(target: MongoServer, words: readonly string[]): Promise<Restored> {
  await dropAll(target.client);
  const { status, err } = await ran(join(target.binaries, 'mongorestore'), [`--uri=${target.url()}`, ...words], {});
  const last = err.trim().split('\n').at(-1)?.split('\t').at(-1) ?? '';
  const content = await contentOf(target.client);
  await dropAll(target.client);
  return { said: `exit status ${status}: ${last}`, content };
}

function compareText(points: Points, point: string, ours: string, theirs: string): void {
  if (ours === theirs) points.agree();
  else points.differ(point, ...firstDifference(ours, theirs));
}
