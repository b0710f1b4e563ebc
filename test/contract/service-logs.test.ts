/** What a real server says of data that it refuses, and of what else keeps it from starting; and what is made of that. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { installDatabase } from '../../lab/hosts/mariadb.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { overwrite } from '../../lab/hosts/superblocks.ts';
import { judgeService } from '../../src/volume/copy/service-evidence.ts';
import { sh } from './support-disks.ts';

const options = ['--innodb-log-file-size=8M', '--innodb-buffer-pool-size=24M', '--skip-networking'];
const page = 16 * 1024;
let folder: string;
let crashed: string;

/** Starts a server on a data folder. @returns its log, and its process where it answers */
async function start(data: string, ...more: string[]) {
  const socket = join(folder, 'server.sock');
  const log = join(folder, 'log');
  const parameters = ['--no-defaults', '--user=mysql', `--datadir=${data}`, `--socket=${socket}`, ...options, ...more];
  const server = spawn('bash', ['-c', 'exec mariadbd "$@" >"$LOG" 2>&1', 'bash', ...parameters], {
    env: { ...process.env, LOG: log },
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => server.on('exit', () => resolve()));
  const sql = (text: string) =>
    spawnSync('mariadb', ['--no-defaults', `--socket=${socket}`, '--execute', text], { encoding: 'utf8' });
  while (server.exitCode === null && server.signalCode === null && sql('SELECT 1').status !== 0)
    await new Promise((resolve) => setTimeout(resolve, 100));
  const answers = server.exitCode === null && server.signalCode === null;
  const kill = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    server.kill(signal);
    await ended;
  };
  return { answers, sql, kill, log: () => readFileSync(log, 'utf8') };
}

beforeAll(async () => {
  ensurePrerequisites();
  folder = mkdtempSync(join(tmpdir(), 'holdfast-service-'));
  chmodSync(folder, 0o777);
  const base = join(folder, 'base');
  mkdirSync(base);
  crashed = join(base, 'data');
  await installDatabase(crashed);
  const server = await start(crashed);
  expect(server.answers).toBe(true);
  server.sql(`CREATE DATABASE ads; USE ads; CREATE TABLE c (id INT PRIMARY KEY AUTO_INCREMENT, v VARCHAR(200));
    INSERT INTO c (v) SELECT REPEAT('x', 150) FROM seq_1_to_20000; UPDATE c SET v = CONCAT(v, 'z') WHERE id % 3 = 0`);
  await server.kill('SIGKILL');
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The log of a server on a changed copy of the data. */
async function logOf(change: (data: string) => void, ...more: string[]): Promise<{ answers: boolean; log: string }> {
  const data = join(folder, 'copy');
  rmSync(data, { recursive: true, force: true });
  sh(`cp -a ${crashed} ${data}`);
  change(data);
  const server = await start(data, ...more);
  if (server.answers) await server.kill('SIGTERM');
  return { answers: server.answers, log: server.log() };
}

test('data as a crash leaves them are recovered', async () => {
  expect(await logOf(() => {})).toMatchObject({ answers: true });
}, 60_000);

describe('damage', () => {
  test.each([
    ['the header of the redo log', (data: string) => overwrite(join(data, 'ib_logfile0'), 0, Buffer.alloc(512, 0xa7))],
    ['its checkpoints', (data: string) => overwrite(join(data, 'ib_logfile0'), 4096, Buffer.alloc(8192, 0xa7))],
    ['the redo log cut off', (data: string) => sh(`truncate -s 14000 ${data}/ib_logfile0`)],
    ['an empty redo log', (data: string) => writeFileSync(join(data, 'ib_logfile0'), '')],
    [
      'pages of the system tablespace',
      (data: string) => overwrite(join(data, 'ibdata1'), 5 * page, Buffer.alloc(3 * page, 0xa7)),
    ],
    ['a table that the recovery needs', (data: string) => rmSync(join(data, 'ads/c.ibd'))],
    ['the first page of a table', (data: string) => overwrite(join(data, 'ads/c.ibd'), 0, Buffer.alloc(page, 0x5a))],
    ["Aria's control file", (data: string) => overwrite(join(data, 'aria_log_control'), 0, Buffer.alloc(30, 0xa7))],
  ])(
    '%s',
    async (_what, change) => {
      const { answers, log } = await logOf(change);
      expect(answers).toBe(false);
      expect(judgeService(log)).toMatchObject({ kind: 'damage' });
    },
    60_000,
  );
});

describe('no damage', () => {
  test.each([
    ['another page size', () => {}, ['--innodb-page-size=8k'], /settings/],
    ['another data file path', () => {}, ['--innodb-data-file-path=ibdata1:10M'], /settings/],
    ['an unknown option', () => {}, ['--no-such-option=1'], /configuration/],
    [
      'the wrong owner',
      (data: string) => sh(`chown -R root:root ${data}; chmod -R go-rwx ${data}; chmod 755 ${data}`),
      [],
      /may not read or write/,
    ],
    [
      'the wrong owner of one file',
      (data: string) => sh(`chown root ${data}/ibdata1; chmod 600 ${data}/ibdata1`),
      [],
      /may not read or write/,
    ],
    ['no redo log', (data: string) => rmSync(join(data, 'ib_logfile0')), [], /not of one piece/],
    ['no system tablespace', (data: string) => rmSync(join(data, 'ibdata1')), [], /not of one piece/],
  ] as [string, (data: string) => void, string[], RegExp][])(
    '%s',
    async (_what, change, more, words) => {
      const { answers, log } = await logOf(change, ...more);
      expect(answers).toBe(false);
      expect(judgeService(log)).toMatchObject({ kind: 'doubt', reason: expect.stringMatching(words) });
    },
    60_000,
  );

  test('another process that has locked the system tablespace', async () => {
    const log = await whileLocked();
    expect(judgeService(log)).toMatchObject({ kind: 'doubt', reason: expect.stringMatching(/another server/) });
  }, 60_000);

  /** InnoDB locks its files as fcntl(2) does, which the tool flock does not. */
  async function whileLocked(): Promise<string> {
    // struct flock of 64 bits: kind, where it counts from, start, length, process.
    // struct flock of 64 bits: kind, where it counts from, start, length, process.
    const lock =
      'use Fcntl; open(F, "+<", $ARGV[0]); my $l = pack("s s x4 q q i x4", F_WRLCK, 0, 0, 0, 0); fcntl(F, F_SETLK, $l) or die; $| = 1; print "locked"; sleep 3600';
    const data = join(folder, 'copy');
    rmSync(data, { recursive: true, force: true });
    sh(`cp -a ${crashed} ${data}`);
    const holder = spawn('perl', ['-e', lock, join(data, 'ibdata1')]);
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    try {
      const server = await start(data);
      expect(server.answers).toBe(false);
      return server.log();
    } finally {
      holder.kill();
    }
  }
});
