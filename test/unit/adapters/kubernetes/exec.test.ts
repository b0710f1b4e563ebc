/** Programs elsewhere, with a stand-in for the client that runs them here: what arrives is what was sent, or it is an error. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Carrier } from '../../../../src/adapters/kubernetes/carrier.ts';
import { ExecPlace } from '../../../../src/adapters/kubernetes/exec.ts';
import { relayScript } from '../../../../src/adapters/kubernetes/relay.ts';
import { podsOf } from '../../../../src/adapters/kubernetes/service.ts';
import { configLine, Sayings, wrapper } from '../../../../src/adapters/kubernetes/wrapper.ts';
import { remoteConfigPath } from '../../../../src/ports/remote.ts';
import { BackupError } from '../../../../src/runtime/errors.ts';
import { ask, bytesOf, failureOf, isGone, pieces } from '../../../fakes/remote.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-exec-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const environment = { PATH: process.env.PATH ?? '/usr/bin:/bin' };

/**
 * A client that runs the command here, as the leader of a session, as container runtimes do.
 * @param change what it does to the command's output on its way: a filter of sh
 */
function client(change = 'cat', errors = 'cat'): ExecPlace {
  const name = join(folder, `client-${Math.random()}`);
  const run = 'setsid --fork --wait "$@"';
  const pipes = `{ { ${run} 3>&- | ${change} >&3; } 2>&1 | ${errors} >&2; } 3>&1`;
  writeFileSync(name, `#!/bin/sh\n${change === 'cat' && errors === 'cat' ? `exec ${run}` : pipes}\n`);
  chmodSync(name, 0o755);
  const carrier: Carrier = {
    shown: 'the pod db-0',
    program: name,
    parameters: [],
    environment,
    failure: (what, status, text) => new BackupError({ what: `${what}: ${status} ${text}`, code: 'client' }),
  };
  return new ExecPlace(carrier);
}

const noise = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 256));
const sh = (script: string) => ({ words: ['sh', '-c', script] as const, what: 'dump' });

describe('output', () => {
  test('arrives byte for byte, and messages of the program alone', async () => {
    const path = join(folder, 'noise');
    writeFileSync(path, noise);
    let messages = '';
    const source = client().output({
      ...sh(`echo one >&2; cat "${path}"; printf two >&2`),
      onErrors: (text) => {
        messages += text;
      },
    });
    expect(await bytesOf(source)).toEqual(noise);
    expect(messages).toBe('one\ntwo\n');
  });

  test.each([
    ['cut', '{ head -c 1000; cat >/dev/null; }', /300000 bytes were sent, 1000 arrived/],
    ['broken off', 'head -c 1000', /bytes were sent, 1000 arrived/],
    ['changed in one byte', "tr '\\001' '\\002'", /300000 bytes arrived, but other ones/],
    ['longer', '{ cat; echo; }', /300000 bytes were sent, 300001 arrived/],
  ])('that is %s is an error, although the client ends with status 0', async (_, change, text) => {
    const path = join(folder, 'noise');
    writeFileSync(path, noise);
    const error = await failureOf(bytesOf(client(change).output({ words: ['cat', path], what: 'dump' })));
    expect(error.what).toMatch(text);
    expect(error.code).toBe('exec-cut');
  });

  test('whose end was not told is an error', async () => {
    const error = await failureOf(bytesOf(client('cat', "grep -v 'status'").output(sh('echo all'))));
    expect(error.what).toBe('the connection to the pod db-0 ended before dump did');
    expect(error.code).toBe('exec-cut');
  });

  test.each([
    ['sha256', "grep -v ' sha256 '"],
    ['bytes', "grep -v ' bytes '"],
  ])('whose %s was not told is an error', async (_, errors) => {
    const error = await failureOf(bytesOf(client('cat', errors).output(sh('echo all'))));
    expect(error).toMatchObject({ code: 'exec-cut', what: expect.stringContaining('its length was not told') });
  });

  test('ends with the error of the program: its own status and words', async () => {
    const causes = [{ pattern: /no disk/, likelyCause: 'the disk is gone', code: 'disk' }];
    const source = client().output({ ...sh('echo half; echo "Failed: no disk" >&2; exit 3'), causes });
    const error = await failureOf(bytesOf(source));
    expect(error.what).toBe('dump in the pod db-0 ended with status 3: Failed: no disk');
    expect(error).toMatchObject({ code: 'disk', likelyCause: 'the disk is gone' });
  });

  test('of a program that is not in the image says so', async () => {
    const error = await failureOf(bytesOf(client().output({ words: ['mongodump-x'], what: 'dump' })));
    expect(error).toMatchObject({ what: 'dump in the pod db-0: there is no mongodump-x', code: 'tool-missing' });
  });

  test('of an image without sha256sum says so', async () => {
    const bin = join(folder, 'bin');
    execFileSync('mkdir', [bin]);
    for (const tool of ['tee', 'wc', 'cat']) execFileSync('ln', ['-s', `/usr/bin/${tool}`, bin]);
    const source = client().output({ words: ['env'], what: 'dump' });
    const bare = new ExecPlace({
      shown: 'the pod db-0',
      program: '/usr/bin/env',
      parameters: [`PATH=${bin}`],
      environment,
      failure: (what) => new BackupError({ what }),
    });
    await bytesOf(source);
    // env needs a path to the shell, which the folder lacks too.
    execFileSync('ln', ['-s', '/bin/sh', join(bin, 'sh')]);
    const error = await failureOf(bytesOf(bare.output({ words: ['cat'], what: 'dump' })));
    expect(error).toMatchObject({ what: 'dump in the pod db-0: there is no sha256sum', code: 'tool-missing' });
  });

  test('of a client that failed before anything ran is what the client says', async () => {
    const carrier = {
      shown: 'the pod db-0',
      program: 'sh',
      parameters: ['-c', 'echo refused >&2; exit 1'],
      environment,
    };
    const place = new ExecPlace({
      ...carrier,
      failure: (what, status, text) => new BackupError({ what: `${what}: ${status} ${text}`, code: 'client' }),
    });
    const error = await failureOf(place.read(sh('true')));
    expect(error).toMatchObject({ what: 'dump in the pod db-0: 1 refused', code: 'client' });
  });
});

describe('input', () => {
  test('passes through a program both ways', async () => {
    const source = client().through({ words: ['cat'], what: 'copy' }, pieces(noise));
    expect(await bytesOf(source)).toEqual(noise);
  });

  test('that a program does not read to its end is no error', async () => {
    const source = client().through({ words: ['head', '-c', '10'], what: 'copy' }, pieces(noise));
    expect(await bytesOf(source)).toEqual(noise.subarray(0, 10));
  });

  test('that did not arrive whole is an error', async () => {
    const place = client();
    const name = join(folder, 'cutting');
    writeFileSync(name, '#!/bin/sh\nhead -c 100 | setsid --wait "$@"\n');
    chmodSync(name, 0o755);
    const cutting = new ExecPlace({
      shown: place.shown,
      program: name,
      parameters: [],
      environment,
      failure: (what) => new BackupError({ what }),
    });
    const error = await failureOf(bytesOf(cutting.through({ words: ['cat'], what: 'restore' }, pieces(noise))));
    expect(error.what).toMatch(
      /restore in the pod db-0 was given did not arrive as it was sent: 300000 bytes were sent/,
    );
  });

  test('whose source fails ends the program, with the error of the source', async () => {
    async function* failing(): AsyncGenerator<Buffer> {
      yield Buffer.from('some');
      throw new Error('no more of it');
    }
    const mark = join(folder, 'restored');
    const source = client().through({ words: ['sh', '-c', `cat; touch ${mark}`], what: 'restore' }, failing());
    expect((await failureOf(bytesOf(source))).message).toBe('no more of it');
  });
});

describe('a config', () => {
  const secrets = ['password: "a\\b\'ü$`!\n%s %d\t\u0000"\n', '', '\\n\\0101\\', '-e', 'x'.repeat(20_000)];

  test.each(secrets)('reaches the program as a file, whatever its characters', async (config) => {
    const source = client().output({ words: ['cat', remoteConfigPath], what: 'dump', config });
    expect((await bytesOf(source)).toString('utf8')).toBe(config);
  });

  test('stands before the stream of a program that reads both', async () => {
    const words = ['sh', '-c', `cat ${remoteConfigPath} -`] as const;
    const source = client().through({ words, what: 'restore', config: 'secret\n' }, pieces(noise));
    expect(await bytesOf(source)).toEqual(Buffer.concat([Buffer.from('secret\n'), noise]));
  });

  test('stands on no command line', async () => {
    const source = client().output({
      ...sh(`cat /proc/*/cmdline 2>/dev/null; cat ${remoteConfigPath} >/dev/null`),
      config: 'pw-7c1',
    });
    expect((await bytesOf(source)).includes('pw-7c1')).toBe(false);
  });

  test('is one line for sh', () => {
    for (const secret of secrets) expect(configLine(secret).trimEnd()).not.toMatch(/\n/);
  });
});

describe('a program that nobody waits for any more', () => {
  const endless = (path: string) => sh(`echo $$ > ${path}; echo begun; while :; do sleep 1; done`);

  test('is ended there when the run is cancelled', async () => {
    const path = join(folder, 'cancelled');
    const controller = new AbortController();
    const source = client().output({ ...endless(path), signal: controller.signal });
    await source.next();
    controller.abort(new Error('cancelled'));
    expect((await failureOf(bytesOf(source))).message).toBe('cancelled');
    expect(await isGone(path)).toBe(true);
  });

  test('is ended there, even when its standard input stays open', async () => {
    const path = join(folder, 'deaf');
    const name = join(folder, 'deaf-client');
    // The end of the client reaches nobody: the pipe that the program reads is held open by the program itself.
    execFileSync('mkfifo', [`${name}.pipe`]);
    writeFileSync(name, `#!/bin/sh\nexec setsid --fork --wait "$@" <>${name}.pipe\n`);
    chmodSync(name, 0o755);
    const place = new ExecPlace({
      shown: 'the pod db-0',
      program: name,
      parameters: [],
      environment,
      failure: (what) => new BackupError({ what }),
    });
    for await (const _ of place.output(endless(path))) break;
    expect(await isGone(path)).toBe(true);
  });

  test('is ended there when its reader wants no more', async () => {
    const path = join(folder, 'unread');
    for await (const _ of client().output(endless(path))) break;
    expect(await isGone(path)).toBe(true);
  });

  test('ends by itself when its client was killed', async () => {
    const path = join(folder, 'killed');
    const words = ['sh', '-c', wrapper, 'holdfast', 'n', 'none', 'none', ...endless(path).words];
    // Its standard input ends when the program runs, and with it what the client said.
    const killed = `until [ -s ${path} ]; do sleep 0.05; done | setsid --wait "$@"`;
    const { status } = spawnSync('sh', ['-c', killed, 'x', ...words], { stdio: 'ignore' });
    expect(status).not.toBe(0);
    expect(await isGone(path)).toBe(true);
  });
});

describe('a relay', () => {
  test('leads each connection to the server there', async () => {
    const server = createServer((socket) => socket.on('data', (data) => socket.end(`got ${data}`)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const relay = await client().relay(port);
    try {
      const answers = await Promise.all(['one', 'two', 'three'].map((text) => ask(relay.port, text)));
      expect(answers).toEqual(['got one', 'got two', 'got three']);
    } finally {
      await relay.close();
      server.close();
    }
  });

  test('says why a connection failed', async () => {
    const relay = await client().relay(1);
    expect(await ask(relay.port, 'x')).toBe('');
    await relay.close();
    expect(relay.problem()).toMatch(/refused/i);
  });

  test('of an image that has nothing for it says so', () => {
    const way = execFileSync('/bin/sh', ['-c', relayScript, 'relay'], { env: { PATH: '/nowhere' }, encoding: 'utf8' });
    expect(way.trim()).toBe('none');
  });
});

test('what the wrapper says is found in pieces of any size, and only with its number', () => {
  const text = 'progress 50%\nholdfast other status 7\nhalf a line\nholdfast n pid 12\n\nholdfast n out bytes 3\nend';
  for (const size of [1, 2, 7, 1000]) {
    const sayings = new Sayings('n');
    let own = '';
    for (let from = 0; from < text.length; from += size) own += sayings.take(text.slice(from, from + size));
    own += sayings.end();
    expect(own).toBe('progress 50%\nholdfast other status 7\nhalf a line\nend\n');
    expect([sayings.pid, sayings.status]).toEqual([12, undefined]);
  }
});

test('of a service, pods that are ready and do not end are taken', () => {
  const pod = (name: string, conditions?: { ready?: boolean; terminating?: boolean }) => ({
    targetRef: { kind: 'Pod', name },
    ...(conditions ? { conditions } : {}),
  });
  const slices = {
    items: [
      {
        endpoints: [
          pod('db-2', { ready: true }),
          pod('db-0', { ready: false }),
          { targetRef: { kind: 'Node', name: 'n' } },
        ],
      },
      { endpoints: [pod('db-1'), pod('db-3', { ready: true, terminating: true }), {}] },
      {},
    ],
  };
  expect(podsOf(slices)).toEqual({ ready: ['db-1', 'db-2'], others: ['db-0', 'db-3'] });
});
