/** The tarball that is made of what mongodump writes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { serialize } from 'bson';
import { tarball } from '../../../../src/adapters/databases/mongodb/dump/tarball.ts';
import { namespaceOf } from '../../../../src/anonymize/bson/format/archive.ts';
import { ArchiveWriter } from '../../../../src/anonymize/bson/format/archive-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-tarball-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** One whole collection and the beginning of another, as mongodump writes them before it dies. */
async function* dies(): AsyncGenerator<Buffer> {
  const parts: Buffer[] = [];
  const writer = new ArchiveWriter({
    copy: (bytes, from, to) => void parts.push(Buffer.from(bytes.subarray(from, to))),
  });
  const names = ['people', 'orders'].map((name) => namespaceOf('shop', name));
  writer.prelude({
    header: Buffer.from(serialize({ server_version: '8.0.0', tool_version: '100.12.2' })),
    collections: names.map(({ database: db, collection }) =>
      Buffer.from(serialize({ db, collection, metadata: '{"indexes":[]}', size: 0, type: 'collection' })),
    ),
  });
  const document = Buffer.from(serialize({ _id: 1, text: 'x'.repeat(1000) }));
  const [people, orders] = names as [(typeof names)[0], (typeof names)[0]];
  for (let count = 0; count < 1000; count += 1) writer.documents(people, document, 0, document.length);
  writer.end(people);
  writer.documents(orders, document, 0, document.length);
  yield* parts;
  throw new Error('mongodump died');
}

test('a dump that dies while a file is packed ends with its error, and the process goes on', async () => {
  const tar = tarball({
    runs: [{ prelude: 'prelude.json', output: dies }],
    keeps: () => true,
    root: 'data/db/dump/2024-01-02T03_04',
    takenAt: new Date(0),
    folder,
    oplog: (documents) => documents,
    onCollections: () => {},
    onDocuments: () => {},
    signal: new AbortController().signal,
  });
  const read = async (): Promise<void> => {
    for await (const _ of tar);
  };
  await expect(read()).rejects.toThrow('mongodump died');
});
