/** Changes to tablespaces of InnoDB tables. */
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { ByteChange } from '../change.ts';
import { cut, exchange, flip, hole, remove } from './edits.ts';
import { flipInPage, forge, leaf, misdirect, pageOfType, pageSize, pagesOf, replaced, types } from './innodb.ts';

type Edit = (path: string) => void;

/** @param file below the data folder, without `.ibd` */
function space(
  what: string,
  file: string,
  edit: Edit,
  more: Partial<Pick<ByteChange, 'kind' | 'at'>> = {},
): ByteChange {
  const at = file.replace('/', '.').replace(/#.*/, '');
  return { kind: 'bytes', at, ...more, what, copy: 'stopped', edit: (data) => edit(join(data, `${file}.ibd`)) };
}

/** Below the records of a page, where its space is not used. */
const slack = (path: string, page: ReturnType<typeof leaf>): void =>
  forge(path, page, (bytes) => {
    bytes[page.heapTop + 20] = (bytes[page.heapTop + 20] ?? 0) ^ 0xff;
  });

/** Ends a file before a page that holds something: the last one, or one further in front. */
function cutPages(path: string, share: number): void {
  const used = pagesOf(path).filter(({ type }) => type !== types.allocated);
  const first = used[Math.min(used.length - 1, Math.floor(used.length * share))];
  truncateSync(path, (first?.number ?? 0) * pageSize);
}

export const innodbChanges: readonly ByteChange[] = [
  space('a byte in a data page', 'harbour/landings', (path) => flipInPage(path, leaf(path), 300)),
  space('a byte in the root page of a table', 'harbour/seals', (path) => flip(path, 3 * pageSize + 300)),
  space('a byte in a page of an index', 'harbour/compact_format', (path) => flipInPage(path, leaf(path, 'index'), 300)),
  space('a byte in the checksum of a page', 'harbour/weighings', (path) => flipInPage(path, leaf(path), pageSize - 2)),
  space('a byte in the header page of a tablespace', 'harbour/idents', (path) => flip(path, 60)),
  space('a byte in the page of a tablespace that lists its segments', 'harbour/far_apart', (path) =>
    flipInPage(path, pageOfType(path, types.inode), 120),
  ),
  space('a byte in the bitmap page of a tablespace', 'harbour/below_zero', (path) => flip(path, pageSize + 100)),
  space('a byte of a large BLOB in a page of its own', 'customs/papers', (path) =>
    flipInPage(path, pageOfType(path, types.blob), 9000),
  ),
  space('a byte in a page of a compressed table', 'harbour/squeezed', (path) => flip(path, 6 * 8192 + 200)),
  space('a byte in a compressed page', 'harbour/page_squeezed', (path) => flip(path, 5 * pageSize + 200)),
  space('a byte in a page of the oldest row format', 'harbour/old_format', (path) => flipInPage(path, leaf(path), 300)),
  space('a byte in a partition', 'harbour/yards#P#middle', (path) => flipInPage(path, leaf(path), 300)),
  space('a byte in a table that keeps its history', 'harbour/rates', (path) => flipInPage(path, leaf(path), 400)),
  space('a byte in the page of a sequence', 'harbour/receipts_no', (path) => flip(path, 3 * pageSize + 110), {
    at: 'receipts_no',
  }),
  space('a byte in a full-text index', 'harbour/wide_row', (path) => flip(path, 4 * pageSize + 100)),
  space('a byte in a spatial index', 'harbour/shapes', (path) => flip(path, 4 * pageSize + 200)),
  space('a hole of 4 KiB in a data page', 'customs/duties', (path) => hole(path, leaf(path).number * pageSize)),
  space('a hole of 4 KiB in a page of an index', 'hulls/a', (path) =>
    hole(path, leaf(path, 'index').number * pageSize),
  ),
  space('a page of zeroes in place of a data page', 'hulls/b', (path) =>
    hole(path, leaf(path).number * pageSize, pageSize),
  ),
  space('a page of zeroes in place of a page of an index', 'harbour/bag', (path) => hole(path, 3 * pageSize, pageSize)),
  space('the second half of what a tablespace holds is missing', 'harbour/notes', (path) => cutPages(path, 0.5)),
  space('the last page with data is missing', 'harbour/texts', (path) => cutPages(path, 1)),
  // The key of row 900, 6 and 7 bytes of the transaction, a FLOAT, and the DOUBLE with its sign in the last byte.
  space('0 became -0 in a DOUBLE, the checksum of its page fits', 'harbour/signs', (path) =>
    forge(path, pageOfType(path, types.index), (bytes) => {
      const key = bytes.indexOf(Buffer.from([0x80, 0, 0x03, 0x84]));
      bytes[key + 4 + 13 + 4 + 7] = 0x80;
    }),
  ),
  space('a tablespace is empty', 'harbour/dates', (path) => cut(path, 0.0000001)),
  space('a tablespace is missing', 'harbour/floats', remove),
  space('two tablespaces changed places', 'harbour/numbers', (path) =>
    exchange(path, path.replace('numbers', 'counts')),
  ),
  space('a data page was written over another', 'hulls/c', (path) =>
    misdirect(path, leaf(path), leaf(path).number + 1),
  ),
  space('a row has another value, the checksum of its page fits', 'hulls/d', (path) =>
    forge(path, leaf(path), replaced(' of the yard', ' of the Yard')),
  ),
  space('a record of an index has another value, the checksum of its page fits', 'hulls/e', (path) =>
    forge(path, leaf(path, 'index'), replaced('keel 00', 'keel 01')),
  ),
  space('the chain of pages leads elsewhere, the checksum fits', 'hulls/f', (path) =>
    forge(path, leaf(path), (bytes) => bytes.writeUInt32BE(bytes.readUInt32BE(12) + 1, 12)),
  ),
  space(
    'unused space of a data page, the checksum fits: no row is there',
    'harbour/compact_format',
    (path) => slack(path, leaf(path)),
    { kind: 'harmless' },
  ),
  space(
    'unused pages at the end of a tablespace are missing: the server adds them again',
    'harbour/texts',
    (path) => cut(path, pageSize),
    { kind: 'harmless' },
  ),
  space(
    'a page that no table uses, the checksum fits: it is written anew before it is read',
    'hulls/g',
    (path) => {
      const page = pagesOf(path).findLast(
        ({ type, bytes }) => type === types.allocated && bytes.every((byte) => byte === 0),
      );
      if (page === undefined) throw new Error(`${path} has no free page`);
      forge(path, page, (bytes) => bytes.fill(7, 100, 200));
    },
    { kind: 'harmless' },
  ),
];
