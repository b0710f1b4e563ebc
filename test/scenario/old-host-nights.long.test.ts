/** Whole jobs on hosts with the programs of CentOS 7's time: the nightly backup, the rotation, and a dump on the database's host. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { source } from '../../lab/hosts/pair.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { postgresSeed } from '../../lab/rehearsals/postgres/seed.ts';
import { checkRotation } from '../../lab/rehearsals/rotation/checks.ts';
import type { DumpReceipt } from '../../src/domain/dump.ts';
import { backup, backupKilledInPause, minutes, startNights, wrong } from './support-nights.ts';
import { rotations, startRegions, virginia } from './support-rotation.ts';

let lab: Lab;

/** Each group has a lab of its own, with what its job needs. */
function withLab(start: () => Promise<Lab>): void {
  beforeAll(async () => {
    lab = await start();
  }, 300_000);
  afterEach(() => lab.clearFaults());
  afterAll(async () => {
    await lab?.stop();
  }, 120_000);
}

const leftUnits = async (): Promise<string> =>
  (await lab.hosts.runOnSource('#!/bin/sh\nls /run/systemd/system /run/holdfast/units 2>/dev/null | grep holdfast-\n'))
    .stdout;

describe('the nightly backup', () => {
  withLab(() => startNights({ profile: 'old-host' }));

  describe.each(['stop', 'freeze'])('with quiesce: %s', (quiesce) => {
    test(
      'ends good, and leaves no unit behind',
      async () => {
        const run = await backup(lab, { quiesce });
        expect(run.conclusion).toBe('success');
        expect(await wrong(lab, run, 'good')).toEqual([]);
        expect(await leftUnits()).toBe('');
      },
      3 * minutes,
    );

    test(
      'a runner killed in the pause: the lease brings the source back, and the next run ends good',
      async () => {
        // No help from here: only looking.
        const write =
          "#!/bin/sh\nexport HOME=/root\ntimeout 2 mariadb --socket=/tmp/mysql-ib.sock -e 'CREATE OR REPLACE TABLE ads.written (i INT); DROP TABLE ads.written'\n";
        const isBack = async () => (await lab.hosts.runOnSource(write)).exitCode === 0;
        const { run, seen } = await backupKilledInPause(lab, { quiesce }, isBack);
        expect(run.conclusion).not.toBe('success');
        expect(seen).toBe(false);
        while (!(await isBack())) await new Promise((resolve) => setTimeout(resolve, 250));
        lab.clearFaults();
        const next = await backup(lab, { quiesce });
        expect(next.conclusion).toBe('success');
        expect(await wrong(lab, next, 'good')).toEqual([]);
        expect(await leftUnits()).toBe('');
      },
      5 * minutes,
    );
  });
});

describe('the rotation', () => {
  withLab(() => startRegions({ profile: 'old-host' }));

  test(
    'freezes the data filesystem and thaws it',
    async () => {
      const { rotate, ofSlot, today } = rotations(() => lab);
      const run = await rotate();
      expect(run.conclusion).toBe('success');
      expect((await checkRotation(lab)).filter((one) => !one.holds)).toEqual([]);
      expect(ofSlot(virginia, source.id, today())[0]?.tags.get('holdfast:consistency')).toBe('document freeze');
      expect(await leftUnits()).toBe('');
    },
    4 * minutes,
  );
});

describe("a dump on the database's host", () => {
  withLab(() => startLab({ seed: postgresSeed(5), profile: 'old-host' }));

  test.each(['custom', 'directory'])(
    'in the format %s is good, uploaded in parts, and kept',
    async (format) => {
      const inputs = { port: String(lab.databases?.source.port), format };
      const run = await lab.runWorkflow('test/scenario/workflows/dump-host.yml', {
        event: 'workflow_dispatch',
        inputs,
      });
      expect(run.conclusion).toBe('success');
      const receipts = Object.values(await lab.state.receipts()).map((text) => JSON.parse(text) as DumpReceipt);
      expect(receipts.find((one) => one.run.key.endsWith(`/${run.id}`))).toMatchObject({
        verdict: 'good',
        place: source.id,
      });
      expect(await leftUnits()).toBe('');
    },
    3 * minutes,
  );
});
