/** `npm run bench -- anonymize`: dumps of MongoDB, beside the same file decompressed and compressed again. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { serialize } from 'bson';
import { pack } from 'tar-stream';
import { namespaceOf } from '../src/anonymize/bson/format/archive.ts';
import { ArchiveWriter } from '../src/anonymize/bson/format/archive-writer.ts';
import { type Contender, measure } from './commands.ts';

const metadata = JSON.stringify({
  indexes: [
    { key: { _id: { $numberInt: '1' } }, name: '_id_' },
    { key: { email: { $numberInt: '1' } }, name: 'email_1', unique: true },
  ],
  collectionName: 'people',
});

/** A document as an application has it: names, addresses, numbers, an array of documents, some text. */
export function person(index: number): Buffer {
  const text = createHash('sha256').update(`${index}`).digest('base64');
  return Buffer.from(
    serialize({
      _id: index,
      email: `person.${index}@mail${index % 50}.example.org`,
      name: `Person ${text.slice(0, 12)}`,
      active: index % 3 > 0,
      at: new Date(1.6e12 + index * 1000),
      score: index / 7,
      address: {
        street: `${text.slice(4, 20)} street ${index % 100}`,
        city: 'Somewhere',
        zip: `${10_000 + (index % 80_000)}`,
      },
      orders: Array.from({ length: 4 }, (_, nth) => ({
        sku: text.slice(nth, nth + 8),
        n: nth,
        price: (index % 1000) / 100,
      })),
      note: `Call back, or write to second.${index % 999}@example.net. ${text.repeat(3)}`,
    }),
  );
}

/** Makes `bson.archive.gz` and `bson.tar.gz` in the folder. @returns the bytes of documents */
export async function makeBsonDumps(folder: string, megabytes: number): Promise<number> {
  const documents: Buffer[] = [];
  let bytes = 0;
  for (let index = 0; bytes < megabytes * 1e6; index += 1) {
    documents.push(person(index));
    bytes += (documents.at(-1) as Buffer).length;
  }
  const all = Buffer.concat(documents);
  const archive = createWriteStream(join(folder, 'bson.archive'));
  const writer = new ArchiveWriter({
    copy: (from, start, end) => archive.write(Buffer.from(from.subarray(start, end))),
  });
  const people = namespaceOf('app', 'people');
  writer.prelude({
    header: Buffer.from(
      serialize({ concurrent_collections: 4, version: '0.1', server_version: '8.0.0', tool_version: '100' }),
    ),
    collections: [Buffer.from(serialize({ db: 'app', collection: 'people', metadata, size: 0, type: 'collection' }))],
  });
  writer.documents(people, all, 0, all.length);
  writer.end(people);
  await new Promise<void>((resolve) => archive.end(resolve));
  const tar = pack();
  const written = writeTar(tar, join(folder, 'bson.tar'));
  tar.entry({ name: 'dump/app/people.bson' }, all);
  tar.entry({ name: 'dump/app/people.metadata.json' }, metadata);
  tar.finalize();
  await written;
  await measure(`cd ${folder}; pigz -6 bson.archive bson.tar`, {});
  return bytes;
}

async function writeTar(tar: AsyncIterable<unknown>, path: string): Promise<void> {
  const out = createWriteStream(path);
  for await (const chunk of tar) out.write(chunk as Buffer);
  await new Promise<void>((resolve) => out.end(resolve));
}

/** The commands to compare; the first is the base. */
export function bsonContenders(folder: string): readonly Contender[] {
  const file = (name: string): string => join(folder, name);
  const environment = { HOLDFAST_ANONYMIZE_KEY: 'a key for the benchmark', TMPDIR: folder };
  const ours = (name: string, from: string, output: string): Contender => ({
    name: `ours, ${name}`,
    line: `scripts/anonymize ${file(from)} ${file(output)}`,
    environment,
    output,
  });
  return [
    {
      name: 'pigz -dc | pigz -6 (rewrites nothing)',
      line: `pigz -dc ${file('bson.archive.gz')} | pigz -6 > ${file('bson.pigz.gz')}`,
      output: 'bson.pigz.gz',
    },
    ours('default rule, archive', 'bson.archive.gz', 'bson.ours.archive.gz'),
    ours('default rule, tar file', 'bson.tar.gz', 'bson.ours.tar.gz'),
  ];
}
