/**
 * Pins and labels, disturbed at every call that the command makes: the process dies before it or after it, or the call fails, or
 * its answer is lost. In memory, so that every point is tried in a moment; whatever happened, the dump can be read, retention
 * spares what was to be pinned, and the same command, or the next run of the source, completes it.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { isOwnKey, type KeepAs } from '../../src/dump/files.ts';
import { completeMarks } from '../../src/dump/pins/complete.ts';
import { markDump } from '../../src/dump/pins/mark.ts';
import { isPinned, type MarkChange, tagsOf } from '../../src/dump/pins/marks.ts';
import { changeReceipt, type KnownReceipt } from '../../src/dump/receipts.ts';
import { FakeLogger } from '../fakes/clock.ts';
import { FaultyPorts, portFaults } from '../fakes/faulty-ports.ts';
import { day, kinds, Nights } from '../unit/dump/nights.ts';

let points = 0;
afterAll(() => {
  process.stdout.write(`crash suite of pins in memory: ${points} points tried\n`);
});

const keep = 3;
const place = ({ key }: KnownReceipt) => ({ bucket: 'receipts', key });

/** Three nights; the second dump is the one that is marked. */
async function world(keepAs: KeepAs, before: readonly MarkChange[]) {
  const nights = new Nights();
  const prefix = 'db/';
  const limits = { newerNoncurrentVersions: keep, noncurrentDays: 1, expirationDays: undefined, abortUploadDays: 2 };
  nights.objects.rules = [{ id: 'older', prefix, enabled: true, ...limits }];
  for (let night = 0; night < 3; night += 1) await nights.run(nights.location(keepAs), keep, ['good', 'good']);
  const [, chosen] = (await nights.receipts()) as [KnownReceipt, KnownReceipt];
  for (const change of before) await markDump(nights.objects, place(chosen), change);
  return { nights, chosen };
}

async function receiptOf(nights: Nights, { key }: KnownReceipt) {
  return (await nights.receipts()).find((one) => one.key === key)?.receipt;
}

/** What S3 holds of the dump: its receipt, and the tags of each file. */
async function stateOf(nights: Nights, chosen: KnownReceipt) {
  const receipt = await receiptOf(nights, chosen);
  const stored = nights.stored().map(({ key, id }) => {
    const { tags } = nights.objects.versionsOf.get(key)?.find((one) => one.id === id) ?? {};
    return { key, tags };
  });
  const files = receipt?.files.map(({ key, copyOf }) => ({ key, copied: copyOf !== undefined }));
  return { keepForever: receipt?.keepForever, label: receipt?.label, marking: receipt?.marking, files, stored };
}

async function invariants(nights: Nights, chosen: KnownReceipt, where: string): Promise<void> {
  const receipt = await receiptOf(nights, chosen);
  expect([where, receipt && (await nights.readable(receipt))]).toEqual([where, kinds]);
  // Tags never say a pin that the receipt does not spare the dump for.
  for (const versions of nights.objects.versionsOf.values())
    for (const { tags, metadata } of versions)
      if (tags.KeepForever && metadata['holdfast-taken-at'] === receipt?.takenAt)
        expect([where, receipt && isPinned(receipt)]).toEqual([where, true]);
}

const pin: MarkChange = { keepForever: true, label: 'before-2.0' };
const cases: readonly (readonly [string, readonly MarkChange[], MarkChange])[] = [
  ['pin', [], pin],
  ['unpin', [pin], { keepForever: false }],
  ['label', [], { label: 'before-2.0' }],
  ['label of a pinned dump', [pin], { label: '' }],
];

describe.each(['versions', 'dated'] as const)('keep-as %s', (keepAs) => {
  describe.each(cases)('%s', (_name, before, change) => {
    test.each(portFaults)('%s at every call', async (fault) => {
      const whole = await world(keepAs, before);
      const calls = new FaultyPorts();
      await markDump(calls.port('objects', whole.nights.objects), place(whole.chosen), change);
      const wanted = await stateOf(whole.nights, whole.chosen);
      expect(calls.calls.length).toBeGreaterThan(5);
      for (const complete of ['the same command', 'the next run'] as const)
        for (let at = 1; at <= calls.calls.length; at += 1) {
          points += 1;
          const where = `${fault}, call ${at} (${calls.calls[at - 1]}), then ${complete}`;
          const { nights, chosen } = await world(keepAs, before);
          const objects = new FaultyPorts(at, fault).port('objects', nights.objects);
          await markDump(objects, place(chosen), change).catch(() => {});
          await invariants(nights, chosen, where);
          const known = await nights.receipts();
          if (complete === 'the next run') {
            const context = { logger: new FakeLogger(), signal: new AbortController().signal };
            await completeMarks({ receiptBucket: 'receipts' }, known, nights.objects, context);
            const now = await receiptOf(nights, chosen);
            expect([where, now?.marking]).toEqual([where, undefined]);
          }
          await markDump(nights.objects, place(chosen), change);
          expect([where, await stateOf(nights, chosen)]).toEqual([where, wanted]);
          await invariants(nights, chosen, where);
        }
    });
  });

  test('what was begun is spared by the nights that follow', async () => {
    const undisturbed = new FaultyPorts();
    const first = await world(keepAs, []);
    await markDump(undisturbed.port('objects', first.nights.objects), place(first.chosen), pin);
    for (let at = 1; at <= undisturbed.calls.length; at += 1) {
      points += 1;
      const { nights, chosen } = await world(keepAs, []);
      const objects = new FaultyPorts(at, 'killed after').port('objects', nights.objects);
      await markDump(objects, place(chosen), pin).catch(() => {});
      const begun = await receiptOf(nights, chosen);
      if (begun === undefined || !isPinned(begun)) continue;
      for (let night = 0; night < 6; night += 1) {
        const context = { logger: new FakeLogger(), signal: new AbortController().signal };
        await completeMarks({ receiptBucket: 'receipts' }, await nights.receipts(), nights.objects, context);
        await nights.run(nights.location(keepAs), keep, ['good', 'good']);
        nights.clock.advance(30 * day);
        nights.objects.expireVersions();
      }
      const kept = await receiptOf(nights, chosen);
      expect([at, kept?.keepForever, kept && (await nights.readable(kept))]).toEqual([at, true, kinds]);
      // Once: no file of the dump lies under two keys of its own.
      const own = nights.stored().filter(({ key }) => isOwnKey(key, chosen.receipt.takenAt));
      expect([at, own.length]).toEqual([at, kinds.length]);
    }
  });

  test('two at once, and a verdict beside them, end in one state that receipt and tags agree on', async () => {
    for (let turn = 0; turn < 40; turn += 1) {
      points += 1;
      const { nights, chosen } = await world(keepAs, turn % 2 === 0 ? [] : [pin]);
      // Each call waits for others, in another order each time.
      let seed = turn + 1;
      const objects = new Proxy(nights.objects, {
        get: (target, name) => {
          const member = Reflect.get(target, name) as unknown;
          if (typeof member !== 'function') return member;
          return async (...parameters: unknown[]) => {
            seed = (seed * 16_807) % 2_147_483_647;
            for (let wait = seed % 7; wait > 0; wait -= 1) await new Promise((resolve) => setImmediate(resolve));
            return (await member.apply(target, parameters)) as unknown;
          };
        },
      });
      const verdict = () =>
        changeReceipt(objects, place(chosen), (now) => ({
          ...now,
          proof: now.proof.map((row) => ({ ...row, verdict: 'bad' as const })),
          verdict: 'bad',
        })).then(() => markDump(objects, place(chosen), {}));
      await Promise.all([
        markDump(objects, place(chosen), pin),
        markDump(objects, place(chosen), { keepForever: false, label: 'other' }),
        verdict(),
      ]);
      const receipt = await receiptOf(nights, chosen);
      expect([turn, receipt?.marking, receipt?.verdict]).toEqual([turn, undefined, 'bad']);
      for (const file of receipt?.files ?? []) {
        const stored = nights.objects.versionsOf.get(file.key)?.find(({ id }) => id === file.versionId);
        expect([turn, stored?.tags]).toEqual([turn, receipt && tagsOf(receipt, file)]);
      }
    }
  });

  test('two that pin at once, where copies are written over each other, leave the one that the receipt names', async () => {
    const { nights, chosen } = await world(keepAs, []);
    nights.objects.copiesOverWhatIsThere = true;
    await Promise.all([1, 2].map(() => markDump(nights.objects, place(chosen), pin)));
    const receipt = await receiptOf(nights, chosen);
    expect([receipt?.keepForever, receipt?.marking]).toEqual([true, undefined]);
    for (const file of receipt?.files ?? [])
      expect(nights.stored().filter(({ key }) => key === file.key)).toEqual([
        { key: file.key, id: file.versionId, deleteMarker: false },
      ]);
  });
});
