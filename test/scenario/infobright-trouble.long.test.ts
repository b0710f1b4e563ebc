/** The nightly job in trouble: copies that are wrong, machinery that fails (the most telling faults: infobright.test.ts). */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Lab } from '../../lab/lab.ts';
import { namedFault } from '../../lab/rehearsals/jobs.ts';
import { backup, endsBad, endsUnproven, minutes, startNights, wrong } from './support-nights.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startNights();
}, 300_000);

afterEach(() => {
  lab.clearFaults();
});

afterAll(async () => {
  await lab?.stop();
}, 120_000);

describe('a copy that is wrong', () => {
  test.each(['corrupt-volume', 'missing-table', 'damaged-filesystem'])(
    '%s: bad, metric 0, one issue with the check, closed by the next good run',
    async (fault) => {
      await endsBad(lab, fault);
    },
    5 * minutes,
  );
});

describe('trouble with the machinery', () => {
  test.each(['throttle', 'credentials-expire', 'detach-stuck'])(
    '%s: waited out, ends good',
    async (fault) => {
      lab.arrange(namedFault(fault));
      const run = await backup(lab);
      expect(run.conclusion).toBe('success');
      expect(await wrong(lab, run, 'good')).toEqual([]);
    },
    5 * minutes,
  );

  test.each([
    ['snapshot-error', /error/i],
    ['role-refused', /not-trusted/],
    ['newer-filesystem', /does not know: kernel: XFS .* unknown incompatible features/],
  ] as const)(
    '%s: no verdict, no metric, an error that says what stood in the way',
    async (fault, words) => {
      await endsUnproven(lab, fault, words);
    },
    5 * minutes,
  );
});
