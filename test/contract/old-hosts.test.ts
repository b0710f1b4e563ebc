/** Parts of the host scripts, each alone, under the conditions of old or odd hosts. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { hostScriptText } from '../../scripts/host-scripts.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-old-hosts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a script with the functions of `inspect`, and only these variables. */
function run(script: string, environment: Record<string, string> = {}, ...before: string[]) {
  // The libraries end where the script itself begins.
  const text = hostScriptText('inspect');
  const libraries = text.slice(0, text.indexOf('\nneed systemd'));
  const [program = '', ...words] = [...before, '/bin/bash', '-c', `${libraries}\n${script}`];
  const given = { SSM_Socket: '/no/socket', SSM_MountPoint: '/no/mount', SSM_Service: 'none', ...environment };
  return spawnSync(program, words, { encoding: 'utf8', env: { PATH: process.env.PATH ?? '', ...given } });
}

describe('the database client', () => {
  const file = (path: string, content: string): string => {
    const whole = join(folder, path);
    mkdirSync(join(whole, '..'), { recursive: true });
    writeFileSync(whole, content);
    chmodSync(whole, 0o755);
    return whole;
  };
  /** A program that is no script. */
  const program = (path: string): string => {
    const whole = join(folder, path);
    mkdirSync(join(whole, '..'), { recursive: true });
    copyFileSync('/bin/true', whole);
    return whole;
  };
  const found = (environment: Record<string, string> = {}) => {
    const path = { PATH: `${folder}/bin:/usr/bin:/bin` };
    const { stdout, stderr } = run('find_client && printf "%s|%s" "$mysql_client" "$mysql_options"', {
      ...path,
      ...environment,
    });
    return stdout === '' ? stderr : stdout;
  };

  test.each([
    ['that splits its arguments', (real: string) => `#!/bin/sh\nexec ${real} $@\n`],
    ['with quotes', (real: string) => `#! /bin/bash\n"${real}" "$@"\n`],
    ['with a socket of its own', (real: string) => `#!/bin/sh\n${real} --socket=/tmp/mysql-ib.sock $*\n`],
  ])('behind a wrapper %s is used itself', (_what, text) => {
    const real = program('infobright-4.0.7/bin/mysql');
    file('bin/mysql-ib', text(real));
    expect(found()).toBe(`${real}|`);
    expect(found({ SSM_DefaultsFile: '/etc/backup.cnf' })).toBe(`${real}|--defaults-file=/etc/backup.cnf`);
  });

  test("reads its wrapper's option file besides ~/.my.cnf, unless another one is given", () => {
    const real = program('opt/mysql');
    const options = file('etc/my-ib.cnf', '[client]\n');
    file('bin/mysql-ib', `#!/bin/sh\nexec ${real} --defaults-file=${options} $@\n`);
    expect(found()).toBe(`${real}|--defaults-extra-file=${options}`);
    expect(found({ SSM_DefaultsFile: '/etc/backup.cnf' })).toBe(`${real}|--defaults-file=/etc/backup.cnf`);
  });

  test('which is not behind its wrapper may be another one that is installed; one that does not run is not used', () => {
    const other = program('bin/mariadb');
    file('bin/mysql-ib', '#!/bin/sh\nexec /opt/gone/bin/mysql $@\n');
    expect(found()).toBe(`${other}|`);
    writeFileSync(join(folder, 'broken-mysql'), '\u007fELF');
    file('bin/mysql-ib', `#!/bin/sh\nexec ${folder}/broken/mysql $@\n`);
    file('broken/mysql', '\u007fELF');
    expect(found()).toBe(`${other}|`);
  });

  test('that is only a wrapper is used, and named where it cannot take the option file', () => {
    const wrapper = file('bin/mysql-ib', `#!/bin/sh\nexec ${folder}/gone/mysql --defaults-file=/etc/x $@\n`);
    // No other client is on this path.
    for (const name of ['grep', 'sed', 'tail', 'tr', 'awk', 'cat', 'head', 'iconv'])
      file(`bin/${name}`, `#!/bin/sh\nexec /usr/bin/${name} "$@"\n`);
    const only = { PATH: `${folder}/bin` };
    const script = `PATH=${folder}/bin; need_client; find_client; printf "%s|%s" "$mysql_client" "$mysql_options"`;
    expect(run(script, only).stdout).toBe(`${wrapper}|`);
    expect(JSON.parse(run(script, { ...only, SSM_DefaultsFile: '/etc/backup.cnf' }).stdout)).toMatchObject({
      error: { code: 'lacks', message: expect.stringContaining(wrapper) },
    });
  });
});

describe('what is mounted', () => {
  const inside = (script: string) => run(script, {}, 'unshare', '--mount').stdout;

  test('is read from the list of the kernel: odd names, bind mounts, several at one point', () => {
    const odd = join(folder, 'a b\\c\td');
    const bind = join(folder, 'bind');
    for (const path of [odd, bind]) mkdirSync(path);
    const output = inside(`
      mount -t tmpfs -o size=1M,noexec 'x y' '${odd}'; mkdir '${odd}/in'; mount --bind '${odd}/in' '${bind}'
      mount -t tmpfs -o ro,size=2M top '${odd}'
      mount_value '${odd}' source; mount_value '${odd}/' type; mount_value '${odd}' options
      mount_value '${bind}' source; is_mounted '${odd}' && echo mounted; is_mounted '${odd}/..' || echo not
      umount '${odd}'; mount_value '${odd}' source; mount_value '${odd}' options
    `);
    expect(output.split('\n')).toEqual([
      'top',
      'tmpfs',
      expect.stringMatching(/^ro,relatime,size=2048k/),
      'x y',
      'mounted',
      'not',
      'x y',
      expect.stringMatching(/^rw,noexec,relatime,size=1024k/),
      '',
    ]);
  });

  test('is found in fstab with a slash at its end, with blanks, not in comments', () => {
    const fstab = join(folder, 'fstab');
    writeFileSync(
      fstab,
      '# /dev/x /ib xfs\n\nUUID=1 /ibdata/ xfs defaults 0 0\n/dev/y /a\\040b ext4 defaults\n/dev/z none swap\n',
    );
    const script = ['/ibdata', '/ibdata/', '/a b', '/ib', '/dev', 'none2'].map(
      (path) => `in_fstab '${path}' && echo yes || echo no`,
    );
    const output = inside(`mount --bind '${fstab}' /etc/fstab; ${script.join('; ')}`);
    expect(output).toBe('yes\nyes\nyes\nno\nno\nno\n');
  });
});

test('everything that a host lacks is named at once', () => {
  const { stdout, status } = run(
    `systemctl() { echo 'systemd 215'; }; need systemd no-such-program sed 'nope|neither' 'sed|nope'`,
  );
  expect(status).toBe(3);
  const { error } = JSON.parse(stdout);
  expect(error.code).toBe('lacks');
  expect(error.message).toMatch(/^the host lacks systemd .*, no-such-program, nope or neither$/);
});

test('parameters with a default may be missing from the environment', () => {
  const { stdout, stderr } = spawnSync('bash', ['-c', hostScriptText('fingerprint')], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', SSM_Socket: '/no/socket' },
  });
  expect(stderr).not.toContain('unbound');
  expect(JSON.parse(stdout).error.code).not.toBe('script-failed');
});

test("Infobright's checker: short output is kept whole", () => {
  mkdirSync(join(folder, 'data', 't.bht'), { recursive: true });
  writeFileSync(join(folder, 'icm'), '#!/bin/sh\necho "No corruptions found"\n', { mode: 0o755 });
  writeFileSync(join(folder, 'systemctl'), '#!/bin/sh\n', { mode: 0o755 });
  const { stdout } = spawnSync('bash', ['-c', hostScriptText('check-icm')], {
    encoding: 'utf8',
    env: { PATH: `${folder}:${process.env.PATH}`, SSM_DataDir: join(folder, 'data'), SSM_Service: 'none' },
  });
  expect(JSON.parse(stdout)).toMatchObject({ tables: 1, corruptions: 0, output: 'No corruptions found' });
});

test('parts are uploaded four at a time, and a server that refuses the connection at first is asked again', async () => {
  const archive = Buffer.alloc(95_000, 'archive');
  const partBytes = 10_000;
  const parts = Array.from({ length: 10 }, (_, index) => archive.subarray(index * partBytes, (index + 1) * partBytes));
  const sha = (part: Buffer): string => createHash('sha256').update(part).digest('hex');
  const dumps = join(folder, 'state', 'dumps', 'one');
  mkdirSync(dumps, { recursive: true });
  mkdirSync(join(folder, 'unfinished'));
  writeFileSync(join(dumps, 'folder'), folder);
  writeFileSync(join(dumps, 'done'), '');
  writeFileSync(join(dumps, 'parts'), parts.map((part) => `${sha(part)}\n`).join(''));
  writeFileSync(join(folder, 'unfinished', 'one'), archive);
  const bodies = new Map<string, Buffer>();
  let open = 0;
  let most = 0;
  /** Answers that are held back until four parts wait for theirs, so that the four are seen however slow their start is. */
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    open += 1;
    most = Math.max(most, open);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.set(new URL(request.url ?? '', 'http://x').searchParams.get('partNumber') ?? '', Buffer.concat(chunks));
      waiting.push(() => {
        open -= 1;
        response.writeHead(200, { ETag: '"abc123"' }).end();
      });
      // A fifth at a time would come before these are answered.
      const answerAll = (): void => {
        for (const answer of waiting.splice(0)) answer();
      };
      if (bodies.size === parts.length) answerAll();
      else if (waiting.length === 4) setTimeout(answerAll, 50);
    });
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const script = hostScriptText('dump-upload').replace('state_dir="/run/holdfast"', `state_dir="${folder}/state"`);
  const child = spawn('bash', ['-c', script], {
    env: {
      PATH: process.env.PATH ?? '',
      SSM_DumpId: 'one',
      SSM_PartBytes: String(partBytes),
      SSM_Url: `http://127.0.0.1:${port}/x?uploadId=1`,
      SSM_Parts: parts.map((_, index) => `${index + 1}:${'0'.repeat(64)}`).join(' '),
    },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  setTimeout(() => void listen(port), 1500);
  await once(child, 'close');
  server.close();
  expect(JSON.parse(output)).toEqual({
    parts: parts.map((_, index) => ({ number: index + 1, etag: 'abc123' })),
    refused: '',
  });
  expect([...bodies].map(([number, body]) => [number, sha(body)])).toEqual(
    expect.arrayContaining(parts.map((part, index) => [String(index + 1), sha(part)])),
  );
  expect(most).toBe(4);
});
