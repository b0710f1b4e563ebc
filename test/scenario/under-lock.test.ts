/** A freeze while others write: the copy is compared with the source as it was at the lock, row by row. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Lab } from '../../lab/lab.ts';
import { minutes, nothingLeft, startNights } from './support-nights.ts';
import { night, sessionsLeft, startWriter } from './support-writer.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startNights();
  await startWriter(lab);
}, 300_000);

afterAll(async () => {
  await lab?.stop();
}, 120_000);

test(
  'a freeze with a writer beside it ends good, and every row is compared',
  async () => {
    const { run, receipt } = await night(lab, { quiesce: 'freeze' });
    expect(run.conclusion).toBe('success');
    expect(receipt.verdict).toBe('good');
    const { rows } = receipt.verification ?? {};
    expect(rows?.compared).toBe(rows?.of);
    const { before, underLock, after } = receipt.fingerprint;
    const clicks = [before, underLock, after].map(
      (print) => print?.entries.find((one) => one.name === 'ads.clicks')?.ranges,
    );
    // The writer was at work on both sides of the lock.
    expect(clicks[1]).not.toEqual(clicks[0]);
    expect(clicks[1]).not.toEqual(clicks[2]);
    expect(await sessionsLeft(lab)).toEqual([]);
    expect(await nothingLeft(lab)).toEqual([]);
  },
  3 * minutes,
);
