/** A host with the programs of CentOS 7's time: its own pauses, leases and inspections, in seconds. The nights are in the long suite. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rootPassword } from '../../lab/hosts/old-host/userland.ts';
import { dataVolumeId } from '../../lab/hosts/pair.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import type { HostScript } from '../../src/host/catalogue/catalogue.ts';
import { hostScripts as hostTexts } from '../../src/host/texts.ts';

const minutes = 60_000;

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ profile: 'old-host' });
}, 300_000);

afterAll(async () => {
  await lab?.stop();
}, 120_000);

type Answer = Record<string, unknown> & { error?: { code: string; message: string; detail: string } };

/** Runs a host script with only these parameters in its environment: nothing else, not even those that have a default. */
async function host(name: HostScript, values: Record<string, string>): Promise<Answer> {
  const given = Object.entries(values).map(([key, value]) => `export SSM_${key}='${value}'`);
  const { stdout } = await lab.hosts.runOnSource(
    `#!/bin/bash\nunset PATH LANG\n${given.join('\n')}\n${hostTexts[name]}`,
  );
  return JSON.parse(stdout) as Answer;
}

const parameters = { MountPoint: '/ibdata', Service: 'mysqld-ib', Socket: '/tmp/mysql-ib.sock' };
const quiesce = (HoldId: string, Mode: 'stop' | 'freeze', LeaseSeconds = '60') =>
  host('quiesce', {
    ...parameters,
    HoldId,
    Mode,
    Run: 'a/b/actions/runs/1',
    LeaseSeconds,
    NotAfterMs: '9999999999999',
  });
const resume = (HoldId: string) => host('resume', { ...parameters, HoldId });
const sh = async (script: string): Promise<string> => (await lab.hosts.runOnSource(`#!/bin/sh\n${script}\n`)).stdout;
const units = () => sh('ls /run/systemd/system /run/holdfast/units 2>/dev/null | grep holdfast-');
/** The session of a lock may still read for a moment, and takes its unit away at its end. */
const untilNoUnits = async (): Promise<void> => {
  while ((await units()) !== '') await new Promise((resolve) => setTimeout(resolve, 100));
};

async function untilAnswers(): Promise<void> {
  while (!(await lab.hosts.sourceAnswers())) await new Promise((resolve) => setTimeout(resolve, 200));
}

test('the host is old: its programs refuse what their versions do not know, and its client splits arguments', async () => {
  // A stand-in and the real program refuse in their own words.
  const refused = (what: string) =>
    expect.stringMatching(new RegExp(`(does not know|unrecognized|unknown).*${what}|${what}.*unknown`));
  expect(await sh('findmnt --noheadings --mountpoint /ibdata 2>&1')).toEqual(refused('--mountpoint'));
  expect(await sh('lsblk --output MOUNTPOINTS 2>&1')).toEqual(refused('MOUNTPOINTS'));
  expect(await sh('systemd-run --collect true 2>&1')).toEqual(refused('--collect'));
  expect(await sh('systemd-run -p Restart=on-failure true 2>&1')).toEqual(refused('Restart'));
  expect(await sh('curl --retry-connrefused http://127.0.0.1:1 2>&1')).toEqual(refused('--retry-connrefused'));
  expect(await sh('systemctl show --value -p Id mysqld-ib 2>&1')).toEqual(refused('--value'));
  expect(await sh('HOME=/root mysql-ib --batch --execute "SELECT 1" 2>&1')).toContain('ERROR');
  expect(await sh('mariadb --socket=/tmp/mysql-ib.sock -e "SELECT 1" 2>&1')).toContain('Access denied');
});

test('an inspection reads ~/.my.cnf of root, and finds the client behind its wrapper', async () => {
  expect(await host('inspect', parameters)).toMatchObject({
    mounted: true,
    volumeIds: [dataVolumeId],
    filesystem: 'xfs',
    serviceState: 'active',
    answers: true,
    serverVersion: expect.stringMatching(/MariaDB/),
    hold: null,
  });
});

describe.each(['stop', 'freeze'] as const)('a pause by %s', (mode) => {
  test(
    'is ended by resume, and leaves no unit behind',
    async () => {
      expect(await quiesce(`plain-${mode}`, mode)).toMatchObject({ holdId: `plain-${mode}`, mode });
      expect(await units()).toContain(`holdfast-lease-plain-${mode}.timer`);
      expect(await resume(`plain-${mode}`)).toMatchObject({ resumed: true, by: 'this', mounted: true, answers: true });
      await untilNoUnits();
    },
    1 * minutes,
  );

  test(
    'is ended by its lease, and leaves no unit behind',
    async () => {
      expect(await quiesce(`lease-${mode}`, mode, '12')).toMatchObject({ holdId: `lease-${mode}` });
      // A frozen server answers, so the note of how the pause ended is what says that it has.
      while ((await sh(`cat /run/holdfast/done/lease-${mode} 2>/dev/null`)) === '')
        await new Promise((resolve) => setTimeout(resolve, 200));
      await untilAnswers();
      expect(await resume(`lease-${mode}`)).toMatchObject({ resumed: false, by: 'lease', leaseFired: true });
      await untilNoUnits();
    },
    1 * minutes,
  );
});

test(
  'a stop waits for a server that ends after its SysV script',
  async () => {
    await sh('echo 3 >/etc/mysqld-ib.lag');
    const held = await quiesce('lag', 'stop');
    await sh('rm /etc/mysqld-ib.lag');
    expect(held).toMatchObject({ holdId: 'lag', mode: 'stop' });
    expect(Number(held.serviceStoppedMs) - Number(held.pauseStartedMs)).toBeGreaterThanOrEqual(2_900);
    expect(await resume('lag')).toMatchObject({ resumed: true, answers: true });
  },
  1 * minutes,
);

test(
  'a server that died under its SysV unit is not taken for one that serves, and a resume starts it',
  async () => {
    expect(await quiesce('died', 'freeze')).toMatchObject({ holdId: 'died' });
    await sh('kill -9 "$(cat /run/mysqld-ib.pid)"; sleep 1');
    expect(await sh('systemctl is-active mysqld-ib')).toBe('active\n');
    expect(await host('inspect', parameters)).toMatchObject({ answers: false, serviceState: 'dead' });
    expect(await resume('died')).toMatchObject({ resumed: true, answers: true });
  },
  1 * minutes,
);

test(
  'units that a dead run left are swept before the next pause; those that run, or will, stay',
  async () => {
    const folder = '/run/systemd/system';
    await sh(`for name in dead lives waits; do
  printf '[Service]\nExecStart=/bin/sleep 600\n' >${folder}/holdfast-$name.service
  printf '[Timer]\nOnActiveSec=600\n' >${folder}/holdfast-$name.timer
  touch -d '1 hour ago' ${folder}/holdfast-$name.service
done
systemctl daemon-reload; systemctl start holdfast-lives.service holdfast-waits.timer`);
    expect(await quiesce('sweeps', 'stop')).toMatchObject({ holdId: 'sweeps' });
    expect(await resume('sweeps')).toMatchObject({ resumed: true });
    expect((await units()).split('\n').filter(Boolean)).toEqual([
      'holdfast-lives.service',
      'holdfast-lives.timer',
      'holdfast-waits.service',
      'holdfast-waits.timer',
    ]);
    await sh(`systemctl stop holdfast-lives.service holdfast-waits.timer; rm ${folder}/holdfast-*`);
  },
  1 * minutes,
);

test.each(['stop', 'freeze'] as const)(
  'a pause by %s begins and ends with the client that it found, here a wrapper that alone has the password',
  async (mode) => {
    await sh(`mv /root/.my.cnf /root/.my.cnf.away; mv /usr/bin/mysql-ib /usr/bin/mysql-ib.away
printf '#!/bin/sh\nexec /usr/bin/mariadb -uroot "-p${rootPassword}" $@\n' >/usr/bin/mysql-ib; chmod +x /usr/bin/mysql-ib`);
    try {
      expect(await host('inspect', parameters)).toMatchObject({ answers: true });
      expect(await quiesce(`wrapped-${mode}`, mode)).toMatchObject({ holdId: `wrapped-${mode}`, mode });
      expect(await sh('cat /run/holdfast/holds/_ibdata/client')).toBe('/usr/bin/mysql-ib\n\n');
      expect(await resume(`wrapped-${mode}`)).toMatchObject({ resumed: true, mounted: true, answers: true });
      await untilNoUnits();
    } finally {
      await sh('mv /root/.my.cnf.away /root/.my.cnf; mv /usr/bin/mysql-ib.away /usr/bin/mysql-ib');
    }
  },
  1 * minutes,
);
