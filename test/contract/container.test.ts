/** Programs in a container of the runner, through the real podman, which takes the same words as docker. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { installPackages } from '../../scripts/lib/debian.ts';
import { containerPlace } from '../../src/adapters/kubernetes/container.ts';
import { remoteConfigPath } from '../../src/ports/remote.ts';
import { ask, bytesOf, failureOf, pieces } from '../fakes/remote.ts';

ensurePrerequisites();
installPackages(['podman'], 'the test of programs in a container');

const folder = mkdtempSync('/var/tmp/holdfast-podman-');
const podman = join(folder, 'bin', 'podman');

/** Podman as it usually works; and apart, where the computer has both kinds of control groups, which crun refuses. */
const apart = ['unshare', '--mount', 'sh', '-c', `'umount --lazy /sys/fs/cgroup/unified 2>/dev/null; exec "$@"'`, 'sh'];
const limits = ['--cgroups=disabled', '--ulimit=nofile=1024:1024', '--ulimit=nproc=4096:4096'];
const ways = [
  { before: [], limits: [] },
  { before: apart, limits },
];

const run = (...words: readonly string[]) => spawnSync(podman, words, { encoding: 'utf8' });

/** Calls podman with folders of its own. */
function writePodman(before: readonly string[]): void {
  const own = ['--root', join(folder, 'images'), '--runroot', join(folder, 'run'), '--cgroup-manager=cgroupfs'];
  const words = [...before, 'podman', ...own, '--events-backend=none'].join(' ');
  writeFileSync(podman, `#!/bin/sh\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\nexec ${words} "$@"\n`);
  chmodSync(podman, 0o755);
}

beforeAll(() => {
  mkdirSync(join(folder, 'bin'));
  const refusals: string[] = [];
  for (const way of ways) {
    writePodman(way.before);
    const words = ['--quiet', '--detach', '--name=database', '--network=host', ...way.limits, '--rootfs', '/:O'];
    const started = run('run', ...words, 'sleep', '3600');
    if (started.status === 0 && run('exec', 'database', 'true').status === 0) return;
    run('rm', '--force', '--time=0', 'database');
    refusals.push(started.stderr);
  }
  throw new Error(`no container starts here: ${refusals.join(' | ')}`);
});
afterAll(() => {
  run('rm', '--force', '--time=0', 'database');
  spawnSync('umount', [join(folder, 'images', 'overlay')]);
  rmSync(folder, { recursive: true, force: true });
});

const place = (container = 'database') => containerPlace({ container, environment: { PATH: join(folder, 'bin') } });
const noise = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => (index * 7919) % 256));

test('a program takes and gives every byte, and its config', async () => {
  const words = ['sh', '-c', `cat ${remoteConfigPath} -`] as const;
  const copy = await bytesOf(place().through({ words, what: 'copy', config: 'secret "ü"\n' }, pieces(noise)));
  expect(copy.equals(Buffer.concat([Buffer.from('secret "ü"\n'), noise]))).toBe(true);
});

test('an exit status and the words of a program arrive', async () => {
  const words = ['sh', '-c', 'echo "Failed: no" >&2; exit 9'] as const;
  const error = await failureOf(place().read({ words, what: 'dump' }));
  expect(error.what).toBe('dump in the container database ended with status 9: Failed: no');
});

test('a cancelled run ends the program in the container', async () => {
  const controller = new AbortController();
  const words = ['sh', '-c', 'echo $$; while :; do sleep 1; done'] as const;
  const source = place().output({ words, what: 'dump', signal: controller.signal });
  const pid = String((await source.next()).value).trim();
  // The first process of this container collects no dead children.
  const ended = () => run('exec', 'database', 'sh', '-c', `grep -q 'State:.*[RSD] ' /proc/${pid}/status`).status !== 0;
  expect(ended()).toBe(false);
  controller.abort(new Error('cancelled'));
  await expect(bytesOf(source)).rejects.toThrow('cancelled');
  // The run does not wait for what it has told the container to end.
  while (!ended()) await setTimeout(100);
}, 60_000);

test('a driver reaches a server through the container', async () => {
  const server = createServer((socket) => socket.on('data', (data) => socket.end(`got ${data}`)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const relay = await place().relay((server.address() as { port: number }).port);
  try {
    expect(await ask(relay.port, 'one')).toBe('got one');
  } finally {
    await relay.close();
    server.close();
  }
});

test('a container that is missing, and a runner without docker and podman, are named', async () => {
  expect(await failureOf(place('nobody').read({ words: ['true'], what: 'dump' }))).toMatchObject({
    code: 'no-container',
  });
  const without = () => containerPlace({ container: 'database', environment: { PATH: '/nowhere' } });
  expect(without).toThrow('there is neither docker nor podman');
});
