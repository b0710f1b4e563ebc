import { expect, test } from '@jest/globals';
import { promisesKey } from '../../../../src/domain/tags.ts';
import { AwsError } from '../../../../src/runtime/errors.ts';
import { keepPromises } from '../../../../src/watch/promises/keep.ts';
import { type PromisedSource, parsePromises } from '../../../../src/watch/promises/promise.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { FakeObjects } from '../../../fakes/objects.ts';

const bucket = 'acme-receipts';
const since = '2026-11-01T00:00:00.000Z';
const now = new Date('2026-11-27T12:00:00Z');
const place = { bucket, key: promisesKey };

const promised = (source: string): PromisedSource => ({
  source,
  kind: 'database-dump',
  schedules: [{ expression: '0 2 * * *', timeZone: 'UTC', workflow: '.github/workflows/nightly.yml', since }],
  targets: { allowanceSeconds: 43_200 },
  since,
});

/** In whose document somebody writes after each of its first reads. */
class Contested extends FakeObjects {
  #others: (() => Promise<unknown>)[] = [];

  before(...others: (() => Promise<unknown>)[]) {
    this.#others = others;
  }

  override async document(asked: typeof place) {
    const found = await super.document(asked);
    await this.#others.shift()?.();
    return found;
  }
}

const contested = () => new Contested(new FakeClock('2026-11-27T12:00:00.000Z'));

async function kept(objects: FakeObjects): Promise<Record<string, string[]>> {
  const { repositories = {} } = parsePromises((await objects.text(place)) ?? '') ?? {};
  return Object.fromEntries(
    Object.entries(repositories).map(([name, sources]) => [name, sources.map(({ source }) => source)]),
  );
}

test('repositories that write at the same moment all keep their promises, in the first document and in a later one', async () => {
  const objects = contested();
  const write = (name: string, source: string) => keepPromises(objects, bucket, name, [promised(source)], now);
  objects.before(
    () => write('acme/b', 'crm'),
    () => write('acme/c', 'wiki'),
  );
  await write('acme/a', 'shop');
  expect(await kept(objects)).toEqual({ 'acme/a': ['shop'], 'acme/b': ['crm'], 'acme/c': ['wiki'] });
});

test('many at once, each with a change of its own, lose none', async () => {
  const objects = contested();
  const names = ['a', 'b', 'c', 'd', 'e'];
  for (const round of ['1', '2'])
    await Promise.all(
      names.map((name) => keepPromises(objects, bucket, `acme/${name}`, [promised(name + round)], now)),
    );
  expect(await kept(objects)).toEqual(Object.fromEntries(names.map((name) => [`acme/${name}`, [`${name}2`]])));
});

test('one that is deleted meanwhile is written anew', async () => {
  const objects = contested();
  await keepPromises(objects, bucket, 'acme/a', [promised('shop')], now);
  objects.before(() => objects.delete(place));
  await keepPromises(objects, bucket, 'acme/a', [promised('crm')], now);
  expect(await kept(objects)).toEqual({ 'acme/a': ['crm'] });
});

test('nothing is written where nothing changes, and somebody who writes for ever is an error', async () => {
  const objects = contested();
  await keepPromises(objects, bucket, 'acme/a', [promised('shop')], now);
  const [before] = await objects.versions(bucket, promisesKey);
  await keepPromises(objects, bucket, 'acme/a', [promised('shop')], now);
  expect(await objects.versions(bucket, promisesKey)).toEqual([before]);
  let round = 0;
  objects.before(
    ...Array.from({ length: 50 }, () => () => {
      round += 1;
      return objects.put(
        { ...place, contentType: 'application/json', tags: {}, metadata: {} },
        `{"format":"holdfast-promises/1","repositories":{"acme/b":[],"round-${round}":[]}}`,
      );
    }),
  );
  await expect(keepPromises(objects, bucket, 'acme/a', [promised('crm')], now)).rejects.toBeInstanceOf(AwsError);
  expect(round).toBe(11);
});

test('the day of the look is kept, so that it is written once a day where nothing changed', async () => {
  const objects = contested();
  const write = (at: string) => keepPromises(objects, bucket, 'acme/a', [promised('shop')], new Date(at));
  await write('2026-11-27T00:41:00Z');
  const first = await objects.document(place);
  await write('2026-11-27T23:41:00Z');
  expect(await objects.document(place)).toEqual(first);
  await write('2026-11-28T00:41:00Z');
  expect(parsePromises((await objects.text(place)) ?? '')?.readOn).toEqual({ 'acme/a': '2026-11-28' });
});
