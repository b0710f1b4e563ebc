/** What of an oplog is kept in the dump of some databases: all that a restore needs of their transactions, and nothing of others. */
import { describe, expect, test } from '@jest/globals';
import { type Document, deserialize, Int32, Long, serialize, Timestamp } from 'bson';
import { keeperOf } from '../../../../src/adapters/databases/mongodb/dump/kept.ts';
import { KeptOplog } from '../../../../src/adapters/databases/mongodb/dump/oplog.ts';

const insert = (ns: string, _id: number): Document => ({ op: 'i', ns, o: { _id } });
/** One entry of a transaction: its number, and its command. */
const part = (o: Document, { transaction = 7, ...more }: Document = {}): Document => ({
  ...{ ts: new Timestamp({ t: 1, i: 1 }), t: new Long(1), op: 'c', ns: 'admin.$cmd', lsid: { id: 1 } },
  ...{ txnNumber: new Long(transaction), o, ...more },
});
const [ours, others] = [insert('shop.a', 1), insert('test_x.b', 2)];
const commit = part({ commitTransaction: 1, commitTimestamp: new Timestamp({ t: 1, i: 1 }) });
const abort = part({ abortTransaction: 1 });

/** The commands of the entries that are kept, each of which comes by itself, as a dump in pieces does. */
function kept(...entries: Document[]): Document[] {
  const oplog = new KeptOplog(keeperOf(['shop'], false));
  return entries.flatMap((one) => {
    const bytes = oplog.of(Buffer.from(serialize(one)));
    return bytes.length === 0 ? [] : [deserialize(bytes).o as Document];
  });
}
const operationsOf = (commands: readonly Document[]): unknown[] => commands.map(({ applyOps }) => applyOps);

describe('a transaction', () => {
  test('of several entries ends with its last one, whatever that is of', () => {
    const entries = [part({ applyOps: [ours], partialTxn: true }), part({ applyOps: [others], count: new Long(2) })];
    expect(operationsOf(kept(...entries))).toEqual([[ours], []]);
  });
  test('that is prepared has its commit or its end', () => {
    const prepared = part({ applyOps: [ours], prepare: true });
    expect(kept(prepared, commit)[1]).toHaveProperty('commitTransaction');
    expect(kept(prepared, abort)[1]).toHaveProperty('abortTransaction');
  });
  test('of which nothing belongs is left out whole', () =>
    expect(kept(part({ applyOps: [others], prepare: true }), commit, part({ applyOps: [others] }), abort)).toEqual([]));
  test('that begins with others is kept from where it belongs', () => {
    const [first, last] = [part({ applyOps: [others], partialTxn: true }), part({ applyOps: [ours] })];
    expect(operationsOf(kept(first, last))).toEqual([[ours]]);
  });
  test('loses the operations of others alone, and nothing of its other fields', () => {
    const [found] = kept(part({ applyOps: [others, ours, others, insert('shop.c', 3)], count: new Int32(4) }));
    expect(found).toEqual({ applyOps: [ours, insert('shop.c', 3)], count: 4 });
  });
  test('is not taken for another of the same session, nor is one that is over', () => {
    const open = part({ applyOps: [ours], partialTxn: true });
    expect(kept(open, part({ applyOps: [others] }, { transaction: 8 }))).toHaveLength(1);
    expect(kept(open, part({ applyOps: [] }), part({ applyOps: [others] }))).toHaveLength(2);
  });
});

test('many inserts in one entry of a session are no transaction', () => {
  const many = part({ applyOps: [others] }, { multiOpType: new Int32(1) });
  expect(kept(part({ applyOps: [ours], partialTxn: true }), many)).toHaveLength(1);
});

test('entries that belong whole are kept byte for byte; those of others, and of none, are not', () => {
  const nested = part({ applyOps: [{ op: 'c', ns: 'admin.$cmd', o: { applyOps: [others, ours] } }] });
  expect(operationsOf(kept(nested))).toEqual([[{ op: 'c', ns: 'admin.$cmd', o: { applyOps: [ours] } }]]);
  const whole = Buffer.concat(
    [ours, part({ applyOps: [ours] }), { op: 'c', ns: 'shop.$cmd', o: { drop: 'a' } }].map((one) => serialize(one)),
  );
  const rest = Buffer.concat(
    [others, { op: 'n', ns: '', o: {} }, insert('config.transactions', 1)].map((one) => serialize(one)),
  );
  expect(new KeptOplog(keeperOf(['shop'], false)).of(Buffer.concat([whole, rest]))).toEqual(whole);
});
