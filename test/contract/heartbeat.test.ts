/** A whole action, as a job starts it, and a heartbeat service on loopback: well, broken, slow, and gone. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { startHeartbeat } from '../../src/actions/common/heartbeat.ts';
import { sendHeartbeat } from '../../src/adapters/notify/heartbeat.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { CancelledError } from '../../src/runtime/interruptions.ts';
import { type Answer, type Asked, serve, type TestServer } from './http-server.ts';

const page = 'https://github.com/acme/backups/actions/runs/7';
const path = '/ping/0a1b2c3d-secret-token';

let folder: string;
let server: TestServer | undefined;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-signals-'));
  writeFileSync(join(folder, 'dump.sql'), "INSERT INTO t VALUES ('anna@example.com');\n");
});
afterEach(async () => {
  await server?.close();
  server = undefined;
});
afterAll(() => rmSync(folder, { recursive: true }));

async function answering(answer: (asked: Asked) => Answer | undefined = () => ({ status: 200, body: 'OK' })) {
  server = await serve(answer);
  return server;
}

interface Run {
  readonly status: number | null;
  /** Milliseconds of the clock performance.now(). */
  readonly endedAt: number;
  /** Its log, without what tells the runner what to mask. */
  readonly log: string;
  readonly masked: string;
}

/** Runs the action anonymize from its sources: its dump has no last line, which is an error unless the footer is optional. */
function run(heartbeat: string, inputs: Record<string, string> = {}): Promise<Run> {
  const given = { from: join(folder, 'dump.sql'), to: join(folder, 'out.sql'), 'heartbeat-url': heartbeat, ...inputs };
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/actions/anonymize/main.ts'], {
    env: {
      PATH: process.env.PATH,
      ...{ GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'acme/backups', GITHUB_RUN_ID: '7' },
      ...Object.fromEntries(
        Object.entries({ source: 'shop', footer: 'optional', 'dry-run': 'false', ...given }).map(([name, value]) => [
          `INPUT_${name.toUpperCase()}`,
          value,
        ]),
      ),
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      const lines = output.split('\n');
      const isMask = (line: string) => line.startsWith('::add-mask::');
      resolve({
        status,
        endedAt: performance.now(),
        log: lines.filter((line) => !isMask(line)).join('\n'),
        masked: lines.filter(isMask).join('\n'),
      });
    });
  });
}

/** With time that passes only by waiting for another attempt. */
function send(url: string) {
  let now = Date.parse('2026-11-27T00:00:00Z');
  const clock: Clock = {
    now: () => new Date(now),
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  };
  return sendHeartbeat({ method: 'GET', url, body: undefined }, { clock });
}

test('start and success, in this order, with the same id and the page of the run', async () => {
  const { url, asked } = await answering();
  const { status, log, masked } = await run(`${url}${path}?create=1`);
  expect([status, log]).toEqual([0, expect.not.stringContaining('heartbeat')]);
  expect(
    asked.map(({ method, path: one, body }) => [method, one.replace(/rid=[0-9a-f-]{36}/, 'rid=ID'), body]),
  ).toEqual([
    ['POST', `${path}/start?create=1&rid=ID`, `anonymize ${page}`],
    ['POST', `${path}?create=1&rid=ID`, `anonymize ${page}`],
  ]);
  expect(new Set(asked.map((one) => new URLSearchParams(one.path.split('?')[1]).get('rid'))).size).toBe(1);
  // The text of the input, and each URL that comes of it.
  expect(log).not.toContain('secret-token');
  for (const { path: one } of asked) expect(masked).toContain(`${url}${one}`.replaceAll('%', '%25'));
}, 60_000);

test('a run that fails is told as a failure, and says nothing of what went wrong', async () => {
  const { url, asked } = await answering();
  const { status } = await run(url + path, { footer: 'required' });
  expect(status).toBe(1);
  expect(asked.map((one) => one.path.split('?')[0])).toEqual([`${path}/start`, `${path}/fail`]);
  expect(asked.at(-1)?.body).toBe(`anonymize ${page}`);
}, 60_000);

test('a dry run is told to nobody', async () => {
  const { url, asked } = await answering();
  expect((await run(url + path, { 'dry-run': 'true' })).status).toBe(0);
  expect(asked).toEqual([]);
}, 60_000);

test.each<[string, Answer, string]>([
  ['refuses', { status: 404, body: `no check at ${path}` }, 'status 404: no check at ***'],
  ['repeats the token alone', { status: 400, body: '0a1b2c3d-secret-token is paused' }, 'status 400: *** is paused'],
  [
    'redirects',
    { status: 302, headers: { location: 'https://elsewhere.example/' } },
    'status 302: it redirects, which is not followed: give the address that it leads to',
  ],
  [
    'says in 200 that it is not ok',
    { status: 200, body: { ok: false, msg: 'Monitor not found' } },
    'status 200: {"ok":false,"msg":"Monitor not found"}',
  ],
])('a service that %s is told by its answer, asked once', async (_, answer, reason) => {
  const { url, asked } = await answering(() => answer);
  expect(await send(url + path)).toEqual({ sent: false, status: answer.status, reason });
  expect(asked).toHaveLength(1);
});

test('a service that is overloaded is asked again, and one that is gone until the time is over', async () => {
  const answers = [503, 429, 200];
  const { url, asked } = await answering(() => ({ status: answers.shift() ?? 500 }));
  expect(await send(url + path)).toEqual({ sent: true });
  expect(asked).toHaveLength(3);
  await server?.close();
  server = undefined;
  expect(await send(url + path)).toEqual({ sent: false, reason: 'ECONNREFUSED' });
});

test('a service that never answers costs ten seconds for each signal, and nothing more', async () => {
  let askedAt = Number.NaN;
  const { url, asked } = await answering(() => {
    askedAt = performance.now();
    return undefined;
  });
  const { status, log, endedAt } = await run(`success=${url}${path}`);
  expect(status).toBe(0);
  expect(log).toContain('the heartbeat (success) could not be delivered: no answer in time');
  expect(asked).toHaveLength(1);
  // How long the action takes to start says nothing.
  expect(endedAt - askedAt).toBeGreaterThan(9000);
}, 60_000);

test('a cancelled run, which has seconds left, gives a service that never answers two', async () => {
  const { url, asked } = await answering(() => undefined);
  const heartbeat = startHeartbeat(url + path, { action: 'db-dump', source: 'shop', url: page, id: 'one' });
  const began = performance.now();
  await heartbeat.end(new CancelledError('SIGINT'));
  // Others are given ten.
  expect(performance.now() - began).toBeLessThan(9000);
  expect(asked.at(-1)?.path).toBe(`${path}/fail?rid=one`);
}, 60_000);
