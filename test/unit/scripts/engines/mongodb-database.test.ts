/** The swap of collections, on a database in memory: what servers in the lab do not have (views, time series, dropTarget) is here. */
import { expect, test } from '@jest/globals';
import type { MongoClient } from 'mongodb';
import { isEmpty, swapCollections } from '../../../../scripts/lib/engines/mongodb/database.ts';

class MemoryDatabase {
  readonly databaseName = 'shop';
  readonly collections: Map<string, string>;
  readonly calls: string[] = [];
  readonly #dropTarget: boolean;

  constructor(collections: Readonly<Record<string, string>>, dropTarget = true) {
    this.collections = new Map(Object.entries(collections));
    this.#dropTarget = dropTarget;
  }

  listCollections() {
    return { toArray: async () => [...this.collections].map(([name, type]) => ({ name, type })) };
  }

  async dropCollection(name: string): Promise<void> {
    this.calls.push(`drop ${name}`);
    this.collections.delete(name);
  }

  async renameCollection(from: string, to: string, options?: { dropTarget?: boolean }): Promise<void> {
    if (options?.dropTarget && !this.#dropTarget)
      throw new Error('renameCollection: dropTarget is not implemented yet');
    const there = this.collections.get(to);
    if (there !== undefined && (!options?.dropTarget || there !== 'collection')) throw new Error(`${to} is there`);
    this.calls.push(`rename ${from} ${to}`);
    this.collections.delete(from);
    this.collections.set(to, 'collection');
  }
}

const clientOf = (db: MemoryDatabase) => ({ db: () => db }) as unknown as MongoClient;
const contents = [
  { database: 'shop', collection: 'people', type: 'collection' },
  { database: 'shop', collection: 'orders', type: 'collection' },
  { database: 'shop', collection: 'adults', type: 'view' },
] as const;
const loaded = { new_people: 'collection', new_orders: 'collection' };

test('each collection changes at once, and what the dump has not is dropped', async () => {
  const db = new MemoryDatabase({
    ...loaded,
    ...{ people: 'collection', orders: 'view', adults: 'view', gone: 'collection', weather: 'timeseries' },
    ...{ 'system.views': 'collection', 'system.buckets.weather': 'collection', holdfast_note: 'collection' },
  });
  expect(await swapCollections(clientOf(db), 'shop', 'new_', contents)).toEqual({ gaps: false });
  // A view in the way of a collection goes first; views of the dump are made anew later.
  expect(db.calls).toEqual([
    'rename new_people people',
    'drop orders',
    'rename new_orders orders',
    'drop gone',
    'drop weather',
  ]);
});

test('a server that cannot replace at once has none for a moment, and that is told', async () => {
  const db = new MemoryDatabase({ ...loaded, people: 'collection' }, false);
  expect(await swapCollections(clientOf(db), 'shop', 'new_', contents)).toEqual({ gaps: true });
  expect(db.calls).toEqual(['drop people', 'rename new_people people', 'rename new_orders orders']);
  const fresh = new MemoryDatabase(loaded, false);
  expect(await swapCollections(clientOf(fresh), 'shop', 'new_', contents)).toEqual({ gaps: false });
});

test('the error says which collections are new', async () => {
  const db = new MemoryDatabase({ new_people: 'collection' });
  db.renameCollection = () => Promise.reject(new Error('not authorized on shop'));
  await expect(swapCollections(clientOf(db), 'shop', 'new_', contents)).rejects.toThrow(
    'the collection shop.people could not be replaced; those before it are new, those after it old: not authorized',
  );
});

test('what these commands left does not make a database full', async () => {
  const left = { holdfast_note: 'collection', holdfast_new_0123456789ab_people: 'collection' };
  expect(await isEmpty(clientOf(new MemoryDatabase(left)), 'shop')).toBe(true);
  expect(await isEmpty(clientOf(new MemoryDatabase({ ...left, people: 'collection' })), 'shop')).toBe(false);
});
