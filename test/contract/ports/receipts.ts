/** What the port Receipts promises. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Receipts } from '../../../src/ports/receipts.ts';
import { receipt } from '../../unit/report/samples.ts';
import { refusal } from './suite.ts';

export interface ReceiptsWorld {
  readonly receipts: Receipts;
  readonly stop: () => Promise<void>;
}

export function receiptsSuite(name: string, start: () => Promise<ReceiptsWorld>): void {
  describe(`Receipts: ${name}`, () => {
    let world: ReceiptsWorld;
    let receipts: Receipts;
    beforeEach(async () => {
      world = await start();
      receipts = world.receipts;
    });
    afterEach(() => world.stop());

    const key = 'receipts/ib01.prod/7.json';
    const draft = { ...receipt, state: 'draft' as const };

    test('what was written is read, with its ETag and where it is', async () => {
      expect(await receipts.read(key)).toBeUndefined();
      const { etag, location } = await receipts.write(key, draft);
      expect(location).toMatch(/^s3:\/\/[a-z0-9-]+\/receipts\/ib01\.prod\/7\.json$/);
      expect(await receipts.read(key)).toEqual({ receipt: draft, etag });
      expect(await receipts.read('receipts/ib01.prod/8.json')).toBeUndefined();
    });

    test('with an ETag it is written over exactly that version', async () => {
      const first = await receipts.write(key, draft);
      const second = await receipts.write(key, receipt, first.etag);
      expect(second.etag).not.toBe(first.etag);
      expect(await receipts.read(key)).toEqual({ receipt, etag: second.etag });
      const stale = receipts.write(key, { ...receipt, notes: ['of another run'] }, first.etag);
      expect((await refusal(stale)).code).toBe('PreconditionFailed');
      expect((await receipts.read(key))?.receipt).toEqual(receipt);
    });

    test('a write whose answer was lost can be sent again', async () => {
      const { etag } = await receipts.write(key, draft);
      const written = await receipts.write(key, receipt, etag);
      expect((await receipts.write(key, receipt, etag)).etag).toBe(written.etag);
    });

    test('without an ETag it is written over any version', async () => {
      await receipts.write(key, draft);
      await receipts.write(key, receipt);
      expect((await receipts.read(key))?.receipt).toEqual(receipt);
    });

    test('a version of something that is not there is refused', async () => {
      const { etag } = await receipts.write(key, draft);
      const elsewhere = receipts.write('receipts/ib01.prod/8.json', receipt, etag);
      expect((await refusal(elsewhere)).code).toBe('NoSuchKey');
    });
  });
}
