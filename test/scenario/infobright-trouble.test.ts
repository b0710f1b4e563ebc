/** The nightly job in trouble: copies that are wrong, machinery that fails, a runner killed in the pause. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Lab } from '../../lab/lab.ts';
import { metric } from '../../lab/rehearsals/infobright/checks.ts';
import { namedFault } from '../../lab/rehearsals/jobs.ts';
import { backup, keyOf, minutes, nothingLeft, startNights, wrong } from './support-nights.ts';

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
  test.each(['corrupt-volume', 'missing-table', 'wrong-rows'])(
    '%s: bad, metric 0, one issue with the check, closed by the next good run',
    async (fault) => {
      lab.arrange(namedFault(fault));
      const run = await backup(lab);
      expect(run.conclusion).toBe('failure');
      expect(await wrong(lab, run, 'bad')).toEqual([]);
      const open = lab.github.state.issues.filter((issue) => issue.state === 'open');
      expect(open).toHaveLength(1);
      expect(open[0]?.body).toContain(run.url);
      lab.clearFaults();
      const next = await backup(lab);
      expect(next.conclusion).toBe('success');
      expect(await wrong(lab, next, 'good')).toEqual([]);
      expect(lab.github.state.issues.filter((issue) => issue.state === 'open')).toEqual([]);
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
    ['agent-offline', /not reachable|agent/i],
    ['snapshot-error', /error/i],
    ['role-refused', /not-trusted/],
  ] as const)(
    '%s: no verdict, no metric, an error that says what stood in the way',
    async (fault, words) => {
      const before = lab.datadog.series.filter((one) => one.metric === metric).length;
      lab.arrange(namedFault(fault));
      const run = await backup(lab);
      expect(run.conclusion).toBe('failure');
      expect(run.summary).toMatch(words);
      expect(lab.datadog.series.filter((one) => one.metric === metric)).toHaveLength(before);
      expect(
        (await lab.state.snapshots()).filter(
          (one) => one.tags['holdfast:run'] === keyOf(lab, run) && one.tags.Integrity,
        ),
      ).toEqual([]);
      lab.clearFaults();
      expect(await nothingLeft(lab)).toEqual([]);
    },
    5 * minutes,
  );
});

test(
  'a runner killed in the pause: the lease brings the source back, and the next run ends good',
  async () => {
    lab.arrange(namedFault('runner-killed-in-pause'));
    const handle = await lab.start('infobright-backup');
    const run = await handle.finished;
    expect(run.conclusion).not.toBe('success');
    expect(lab.log.records.some((record) => record.fault === 'runner-killed-in-pause')).toBe(true);
    expect(await lab.hosts.sourceAnswers()).toBe(false);
    // No help from here: only looking. The lease is 12 s; the rest is the service's own start.
    const until = Date.now() + 60_000;
    while (Date.now() < until && !(await lab.hosts.sourceAnswers()))
      await new Promise((resolve) => setTimeout(resolve, 250));
    expect(await lab.hosts.sourceAnswers()).toBe(true);
    lab.clearFaults();
    const next = await backup(lab);
    expect(next.conclusion).toBe('success');
    expect(await wrong(lab, next, 'good')).toEqual([]);
  },
  5 * minutes,
);
