/** Pins and labels: what they change, and what retention then does, against a brute-force model and years of a lifecycle. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DumpReceipt } from '../../../src/domain/dump.ts';
import type { Verdict } from '../../../src/domain/verdict.ts';
import { archiveFormats, isOwnKey, type KeepAs, objectKey, ownKey } from '../../../src/dump/files.ts';
import { markDump } from '../../../src/dump/pins/mark.ts';
import { isPinned, labelPattern, marksInWords, tagsOf, withMarking, withMarks } from '../../../src/dump/pins/marks.ts';
import { refuseFutilePin, rulesAgainstPin } from '../../../src/dump/pins/obstacles.ts';
import type { KnownReceipt } from '../../../src/dump/receipts.ts';
import { expiredDumps, releasedDumps } from '../../../src/dump/retention/retention.ts';
import { bucket, day, emptyReceipt, kinds, Nights } from './nights.ts';

const takenAt = '2026-11-21T04:05:12.345Z';
const someVerdict = fc.constantFrom<Verdict>('good', 'good', 'bad', 'unproven');
const receiptPlace = ({ key }: KnownReceipt) => ({ bucket: 'receipts', key });
const rule = (more: object) => ({
  id: 'older',
  prefix: 'db/',
  enabled: true,
  newerNoncurrentVersions: undefined,
  noncurrentDays: undefined,
  expirationDays: undefined,
  abortUploadDays: undefined,
  ...more,
});

describe('keys', () => {
  const formats = Object.values(archiveFormats).flat();
  test.each(formats)('a pinned file of %s goes where a dump in a folder of its own would be', (format) => {
    for (const compression of ['gzip', 'zstd'] as const)
      for (const kind of ['archive', 'plain', 'anonymised'] as const) {
        const location = { prefix: 'db/a/', name: 'shop.prod', keepAs: 'versions', format, compression } as const;
        const shared = objectKey(location, kind, takenAt);
        const own = ownKey({ key: shared, kind }, takenAt);
        expect(own).toBe(objectKey({ ...location, apart: true }, kind, takenAt));
        expect([isOwnKey(shared, takenAt), isOwnKey(own, takenAt)]).toEqual([false, true]);
        expect(isOwnKey(own, '2026-11-21T04:05:13Z')).toBe(false);
        const dated = objectKey({ ...location, keepAs: 'dated' }, kind, takenAt);
        expect(isOwnKey(dated, takenAt)).toBe(true);
      }
  });
});

describe('labels', () => {
  test.each(['before-2.0', 'v2', 'Release_1.0', 'a'.repeat(63)])('%s is one', (label) =>
    expect(labelPattern.test(label)).toBe(true),
  );
  test.each(['latest', 'list', '', '2.0', '20261121T040512Z', 'a b', 'a/b', 'ä', '-a', 'a'.repeat(64)])(
    '"%s" is none',
    (label) => expect(labelPattern.test(label)).toBe(false),
  );
});

describe('marks of a receipt', () => {
  const receipt = { ...emptyReceipt, source: 'shop', takenAt, files: [], proof: [] } as unknown as DumpReceipt;

  test('are an intention first, and spare the dump from then on, until they are taken back in full', () => {
    const begun = withMarking(receipt, { keepForever: true, label: 'v2' });
    expect(begun).toMatchObject({ marking: { keepForever: true, label: 'v2' } });
    expect([begun.keepForever, isPinned(begun)]).toEqual([undefined, true]);
    const pinned = withMarks(begun, []);
    expect(pinned).toMatchObject({ keepForever: true, label: 'v2' });
    expect(pinned.marking).toBeUndefined();
    const released = withMarking(pinned, { keepForever: false });
    expect([isPinned(released), isPinned(withMarks(released, []))]).toEqual([true, false]);
    expect(withMarks(released, [])).toMatchObject({ keepForever: false, label: 'v2' });
  });

  test('that are there already change nothing', () => {
    expect(withMarking(receipt, { keepForever: false })).toBe(receipt);
    expect(withMarking(receipt, { label: '' })).toBe(receipt);
    const pinned = { ...receipt, keepForever: true, label: 'v2' };
    expect(withMarking(pinned, { keepForever: true, label: 'v2' })).toBe(pinned);
    expect(withMarking(pinned, { label: '' }).marking).toEqual({ keepForever: true, label: undefined });
  });

  test('are said in words and in tags', () => {
    const pinned = { ...receipt, keepForever: true, label: 'v2' };
    expect(marksInWords(receipt)).toBe('');
    expect(marksInWords(pinned)).toBe('pinned, label v2');
    expect(marksInWords(withMarking(pinned, { keepForever: false }))).toContain('not complete');
    expect(tagsOf(pinned, { kind: 'archive' })).toEqual({
      'holdfast:source': 'shop',
      'holdfast:verdict': 'unproven',
      KeepForever: 'Yes',
      'holdfast:label': 'v2',
    });
    expect(tagsOf(receipt, { kind: 'archive' })).not.toHaveProperty('KeepForever');
  });
});

describe('what is expired', () => {
  const known = fc.array(
    fc.record({
      state: fc.constantFrom('taken' as const, 'taken' as const, 'draft' as const),
      verdict: someVerdict,
      keepForever: fc.constantFrom(undefined, undefined, true, false),
      marking: fc.constantFrom(undefined, undefined, { keepForever: true }, { keepForever: false }),
      own: fc.boolean(),
    }),
    { maxLength: 12 },
  );

  /** Each by itself, from the words of the documentation. */
  function bruteForce(all: readonly KnownReceipt[], keep: number): string[] {
    const newer = (one: KnownReceipt, other: KnownReceipt) => other.receipt.takenAt > one.receipt.takenAt;
    return all.flatMap((one) => {
      const { receipt } = one;
      if (receipt.state !== 'taken') return [];
      if (receipt.keepForever === true || receipt.marking?.keepForever === true) return [];
      const counted = all.filter(
        ({ receipt: other }) =>
          other.state === 'taken' && other.keepForever !== true && other.marking?.keepForever !== true,
      );
      if (counted.filter((other) => newer(one, other)).length < keep) return [];
      const good = all.filter(({ receipt: { verdict } }) => verdict === 'good');
      if (receipt.verdict === 'good' && !good.some((other) => newer(one, other))) return [];
      return [one.key];
    });
  }

  test('is as the documentation says, whatever is pinned', () => {
    fc.assert(
      fc.property(known, fc.integer({ min: 0, max: 5 }), (rows, keep) => {
        const all = rows.map(({ own, ...row }, at): KnownReceipt => {
          const time = `2026-01-${String(at + 10)}T00:00:00.000Z`;
          const key = own ? ownKey({ key: 'db/shop.dump', kind: 'archive' }, time) : 'db/shop.dump';
          const receipt = { ...emptyReceipt, ...row, takenAt: time, files: [{ kind: 'archive', key }] };
          return { key: `r${at}`, receipt: receipt as unknown as DumpReceipt };
        });
        const wanted = bruteForce(all, keep);
        expect(
          expiredDumps(all, keep)
            .map(({ key }) => key)
            .sort(),
        ).toEqual(wanted.toSorted());
        // Where the bucket deletes versions, only what a pin gave a key of its own, and no longer has.
        const released = all.filter(
          ({ key, receipt }, at) => wanted.includes(key) && receipt.keepForever === false && rows[at]?.own,
        );
        expect(
          releasedDumps(all, keep)
            .map(({ key }) => key)
            .sort(),
        ).toEqual(released.map(({ key }) => key).sort());
      }),
      { numRuns: 500 },
    );
  });
});

describe('a lifecycle of years', () => {
  const steps = fc.array(
    fc.record({
      keepAs: fc.constantFrom<KeepAs>('versions', 'versions', 'dated'),
      verdict: someVerdict,
      keepForever: fc.constantFrom(false, false, false, true),
      act: fc.constantFrom('nothing', 'pin', 'pin', 'unpin', 'label'),
      which: fc.nat({ max: 20 }),
    }),
    { minLength: 1, maxLength: 14 },
  );

  test('never loses a file of a pinned dump, doubles none, and frees what is unpinned', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 2, max: 4 }), async (all, keep) => {
        const nights = new Nights();
        nights.objects.rules = [rule({ newerNoncurrentVersions: keep, noncurrentDays: 1 })];
        for (const { keepAs, verdict, keepForever, act, which } of all) {
          await nights.run(nights.location(keepAs), keep, [verdict, verdict], { keepForever });
          const known = await nights.receipts();
          const chosen = known[which % known.length] as KnownReceipt;
          const there = (await nights.readable(chosen.receipt)).length === kinds.length;
          if (act !== 'nothing' && there) {
            const change = act === 'label' ? { label: `l${which}` } : { keepForever: act === 'pin' };
            const marked = await markDump(nights.objects, receiptPlace(chosen), change);
            for (const file of marked.files) {
              const stored = nights.objects.versionsOf.get(file.key)?.find(({ id }) => id === file.versionId);
              expect(stored?.tags).toEqual(tagsOf(marked, file));
            }
          }
          nights.clock.advance(30 * day);
          nights.objects.expireVersions();
          const after = await nights.receipts();
          for (const { receipt } of after) {
            if (receipt.keepForever !== true) continue;
            expect(await nights.readable(receipt)).toEqual(kinds);
            expect(receipt.files.every(({ key }) => isOwnKey(key, receipt.takenAt))).toBe(true);
          }
          // Every file under a key of its own is one that a receipt names, once.
          const named = new Set(
            after.flatMap(({ receipt }) => receipt.files.map(({ key, versionId }) => `${key} ${versionId}`)),
          );
          for (const { key, id } of nights.stored())
            if (/\/\d{8}T\d{6}Z\//.test(key)) expect(named).toContain(`${key} ${id}`);
          if (verdict === 'good') {
            const unpinned = after.filter(({ receipt }) => !isPinned(receipt));
            const deletable =
              keepAs === 'dated' ? unpinned : unpinned.filter(({ receipt }) => receipt.keepForever === false);
            // The last good one may be kept beside them.
            expect(deletable.length).toBeLessThanOrEqual(keep + 1);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  test('without a pin takes what a pin keeps', async () => {
    const nights = new Nights();
    nights.objects.rules = [rule({ newerNoncurrentVersions: 2, noncurrentDays: 1 })];
    const location = nights.location('versions');
    await nights.run(location, 2, ['good', 'good']);
    await nights.run(location, 2, ['good', 'good']);
    const [second, first] = (await nights.receipts()) as [KnownReceipt, KnownReceipt];
    await markDump(nights.objects, receiptPlace(second), { keepForever: true, label: 'before-2.0' });
    for (let times = 0; times < 6; times += 1) await nights.run(location, 2, ['good', 'good']);
    nights.clock.advance(1000 * day);
    nights.objects.expireVersions();
    expect(await nights.readable(first.receipt)).toEqual([]);
    const pinned = (await nights.receipts()).find(({ key }) => key === second.key) as KnownReceipt;
    expect(pinned.receipt).toMatchObject({ keepForever: true, label: 'before-2.0' });
    expect(await nights.readable(pinned.receipt)).toEqual(kinds);
    // Pinning it again, and what it was a copy of being gone, changes nothing.
    const before = nights.stored();
    await markDump(nights.objects, receiptPlace(pinned), { keepForever: true });
    expect(nights.stored()).toEqual(before);

    await markDump(nights.objects, receiptPlace(pinned), { keepForever: false });
    expect(await nights.readable(pinned.receipt)).toEqual(kinds);
    await nights.run(location, 2, ['good', 'good']);
    expect(nights.stored().filter(({ key }) => isOwnKey(key, pinned.receipt.takenAt))).toEqual([]);
    expect((await nights.receipts()).map(({ key }) => key)).not.toContain(pinned.key);
  });
});

test('the last good version is not missed once its dump is pinned', async () => {
  const nights = new Nights();
  const location = nights.location('versions');
  nights.objects.rules = [rule({ noncurrentDays: 5 })];
  await nights.run(location, 2, ['good', 'good']);
  for (let times = 0; times < 2; times += 1) await nights.run(location, 2, ['bad', 'bad']);
  expect(nights.warnings.filter((text) => text.includes('is lost after'))).toHaveLength(kinds.length);
  const good = (await nights.receipts()).at(-1) as KnownReceipt;
  await markDump(nights.objects, receiptPlace(good), { keepForever: true });
  await nights.run(location, 2, ['bad', 'bad']);
  expect(nights.warnings.filter((text) => text.includes('is lost after'))).toEqual([]);
});

test('a pin that is taken back before it was complete leaves no copy that nobody deletes', async () => {
  const nights = new Nights();
  const location = nights.location('versions');
  await nights.run(location, 2, ['good', 'good']);
  const [chosen] = (await nights.receipts()) as [KnownReceipt];
  const { objects } = nights;
  const copy = objects.copy.bind(objects);
  let copies = 0;
  objects.copy = (...parameters) => {
    copies += 1;
    return copies === 2 ? Promise.reject(new Error('the network is gone')) : copy(...parameters);
  };
  await expect(markDump(objects, receiptPlace(chosen), { keepForever: true })).rejects.toThrow('the network is gone');
  const released = await markDump(objects, receiptPlace(chosen), { keepForever: false });
  expect(released.files.map(({ key }) => key)).toEqual([
    ownKey({ key: 'db/shop.dump', kind: 'archive' }, chosen.receipt.takenAt),
    'db/shop.anon.gz',
  ]);
  expect(await nights.readable(released)).toEqual(kinds);
  for (let times = 0; times < 2; times += 1) await nights.run(location, 2, ['good', 'good']);
  expect((await nights.receipts()).map(({ key }) => key)).not.toContain(chosen.key);
  expect(nights.stored().filter(({ key }) => isOwnKey(key, chosen.receipt.takenAt))).toEqual([]);
});

describe('a pin that could not hold is refused, and nothing is changed', () => {
  const night = async (keepAs: KeepAs) => {
    const nights = new Nights();
    const receipt = await nights.run(nights.location(keepAs), 3, ['good', 'good']);
    return { nights, receipt };
  };

  test.each(['dated', 'versions'] as const)('since a rule deletes current objects: %s', async (keepAs) => {
    const { nights, receipt } = await night(keepAs);
    nights.objects.rules = [rule({ id: '90 days', expirationDays: 90 })];
    await expect(refuseFutilePin(nights.objects, receipt)).rejects.toMatchObject({
      code: 'pin-futile',
      what: `the lifecycle rule "90 days" of ${bucket} deletes objects under db/ after 90 days, so a pin does not hold; nothing was changed`,
    });
    for (const other of [{ prefix: 'other/' }, { enabled: false }, { tags: { team: 'shop' } }]) {
      nights.objects.rules = [rule({ expirationDays: 90, ...other })];
      expect(await refuseFutilePin(nights.objects, receipt)).toEqual([]);
    }
    expect(
      rulesAgainstPin(
        [{ key: 'db/x', tags: { KeepForever: 'Yes' } }],
        [rule({ expirationDays: 1, tags: { KeepForever: 'Yes' } })],
      ),
    ).toHaveLength(1);
  });

  test('since a file is gone', async () => {
    const { nights, receipt } = await night('versions');
    expect(await refuseFutilePin(nights.objects, receipt)).toEqual([]);
    const [, gone] = receipt.files;
    nights.objects.versionsOf.delete(gone?.key ?? '');
    await expect(refuseFutilePin(nights.objects, receipt)).rejects.toMatchObject({
      code: 'dump-gone',
      what: expect.stringContaining('the anonymised file'),
    });
  });

  test('but a lifecycle that cannot be read is a note', async () => {
    const { nights, receipt } = await night('versions');
    const { AwsError } = await import('../../../src/runtime/errors.ts');
    nights.objects.lifecycle = () =>
      Promise.reject(
        new AwsError({
          what: 'no right',
          operation: 'GetBucketLifecycleConfiguration',
          resource: 's3://dumps',
          requestId: 'r',
          code: 'AccessDenied',
          kind: 'denied',
          outcome: 'not-done',
        }),
      );
    expect(await refuseFutilePin(nights.objects, receipt)).toEqual([expect.stringContaining('cannot be read')]);
  });
});
