/** Dumps on a host, with a fake host: what the runner does with each answer. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { hostPartBytes } from '../../../src/adapters/databases/on-host/commands.ts';
import { PostgresOnHost } from '../../../src/adapters/databases/postgres/on-host/engine.ts';
import type { PostgresHostOptions } from '../../../src/adapters/databases/postgres/on-host/inspect.ts';
import type { Instance } from '../../../src/domain/ec2.ts';
import type { HostScript } from '../../../src/host/catalogue/catalogue.ts';
import { AwsError, HostError } from '../../../src/runtime/errors.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeCompute } from '../../fakes/compute.ts';
import { fakeContext, fakeRun } from '../../fakes/context.ts';
import { FakeEngine } from '../../fakes/dump-engine.ts';
import { FakeGitHub } from '../../fakes/github.ts';
import { FakeHosts, type SentCommand } from '../../fakes/hosts.ts';
import { FakeObjects } from '../../fakes/objects.ts';

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const archive = Buffer.from('what pg_dump wrote');
const sha256 = hash(archive);
/** The archive as the host uploads it. */
const pieces = [archive.subarray(0, 6), archive.subarray(6, 12), archive.subarray(12)];
const parts = pieces.map(hash);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-on-host-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Parameters = SentCommand['parameters'];
type Answer = (parameters: Parameters, nth: number, objects: FakeObjects) => unknown;

interface FakeHost {
  readonly source?: string;
  /** Answers by script; undefined gives the usual one. */
  readonly answers?: Partial<Record<HostScript, Answer>>;
  /** Whether the run of the dump that is in the way is over. */
  readonly over?: boolean;
  /** The instances that EC2 lists. */
  readonly instances?: readonly Pick<Instance, 'id' | 'name' | 'tags'>[];
}

/** What dump-upload does: the parts go to the bucket with their signatures. @param only the numbers of the parts that arrive */
function uploadParts({ Url = '', Parts = '' }: Parameters, objects: FakeObjects, only = [1, 2, 3]) {
  const uploaded = Parts.split(' ').flatMap((one) => {
    const [number, signature = ''] = [Number(one.split(':')[0]), one.split(':')[1]];
    if (!only.includes(number)) return [];
    const part = { number, sha256: parts[number - 1] ?? '' };
    const { status, etag } = objects.receivePart({ url: Url, signature }, part, pieces[number - 1] ?? Buffer.alloc(0));
    expect(status).toBe(200);
    return [{ number, etag }];
  });
  return { parts: uploaded, refused: '' };
}

const host = { id: 'i-1', name: 'db01', tags: { 'holdfast:host': 'source' } };

const dumpDone = { state: 'done', size: archive.length, sha256, parts, fingerprint: [{ table: 'a', rows: '1' }] };

/** What a host answers when all goes well. */
const usual: Partial<Record<HostScript, Answer>> = {
  'dump-inspect': () => ({
    serverVersionNumber: 170_004,
    bytes: 1e9,
    standby: false,
    freeBytes: 1e12,
    tools: [
      { folder: '/usr/lib/postgresql/16/bin', version: 'pg_dump (PostgreSQL) 16.9' },
      { folder: '/usr/lib/postgresql/17/bin', version: 'pg_dump (PostgreSQL) 17.5' },
    ],
  }),
  'dump-start': () => ({ takenAt: '2026-11-21T02:23:00.000Z' }),
  'dump-state': () => dumpDone,
  'dump-upload': (parameters, _nth, objects) => uploadParts(parameters, objects),
  'dump-finish': () => ({ kept: true, removed: 0 }),
};

const options: PostgresHostOptions = {
  instance: 'db01',
  database: 'shop',
  user: 'postgres',
  port: 5432,
  container: '',
  folder: '/var/backups/holdfast/shop',
  source: 'shop',
  name: 'shop',
  keep: 10,
  format: 'custom',
  jobs: 1,
  archiveLevel: 6,
  lockTimeoutSeconds: 60,
  timeoutSeconds: 3600,
  bucket: 'dumps',
};

function onFakeHost({ answers = {}, over = true, instances = [host], source = 'shop' }: FakeHost = {}) {
  const clock = new FakeClock();
  const objects = new FakeObjects(clock);
  const hosts = new FakeHosts(clock, host.id);
  hosts.script = ({ script, parameters }) => {
    const nth = hosts.ran.filter((one) => one === script).length;
    return answers[script]?.(parameters, nth, objects) ?? usual[script]?.(parameters, nth, objects);
  };
  const compute = new FakeCompute(clock);
  for (const one of instances) compute.addInstance(one);
  const runs = new FakeGitHub();
  runs.startRun('dump.yml', 5);
  if (over) runs.endRun(5, 'failure');
  const local = Object.assign(new FakeEngine(clock), { useToolsFor: async () => ({ major: 17, minor: 5 }) });
  const engine = new PostgresOnHost(
    { local, hosts, compute, objects, runs },
    { ...options, source },
    fakeContext(clock, fakeRun(7, 2)),
  );
  const dump = async () => {
    await engine.inspect();
    const begun = await engine.begin(folder);
    const upload = await objects.upload({
      bucket: options.bucket,
      key: 'db/shop.dump',
      contentType: 'application/octet-stream',
      tags: {},
      metadata: {},
      checksum: 'SHA256',
    });
    return begun.archive(upload, () => {});
  };
  return { engine, sent: hosts.sent, objects, clock, dump };
}

const busy = (detail: string) =>
  new HostError({ script: 'dump-start', instanceId: 'i-1', code: 'busy', message: 'busy', detail });

test("the tools of the server's own series are used, and nothing secret is sent", async () => {
  const { sent, dump, objects } = onFakeHost();
  expect(await dump()).toEqual({ path: join(folder, 'archive'), bytes: archive.length });
  const start = sent.find((one) => one.script === 'dump-start');
  expect(start?.parameters.Tools).toBe('/usr/lib/postgresql/17/bin');
  expect(await objects.text({ bucket: options.bucket, key: 'db/shop.dump' })).toBe(archive.toString());
  expect(JSON.stringify(sent)).not.toMatch(/password|secret/i);
});

test.each([
  ['that does not exist', [], 'instance: no instance has the id or Name tag "db01" in this region'],
  ['whose name is not unique', [host, { ...host, id: 'i-2' }], 'instance: 2 instances are named "db01" (i-1, i-2)'],
  ['without its tag', [{ ...host, tags: {} }], 'instance: i-1 (db01) has no tag holdfast:host'],
  [
    'for verifications',
    [{ ...host, tags: { 'holdfast:host': 'verification' } }],
    'instance: i-1 (db01) is tagged "verification" in holdfast:host',
  ],
])('an instance %s is refused before anything is sent to it', async (_which, instances, problem) => {
  const { engine, sent } = onFakeHost({ instances });
  await expect(engine.inspect()).rejects.toMatchObject({
    name: 'ConfigurationError',
    problems: [expect.stringContaining(problem)],
  });
  expect(sent).toEqual([]);
});

test('only parts that were not uploaded are signed and sent again', async () => {
  const batches: string[] = [];
  const { dump } = onFakeHost({
    answers: {
      'dump-upload': (parameters, nth, objects) => {
        batches.push((parameters.Parts ?? '').replace(/:[0-9a-f]+/g, ''));
        if (nth > 1) return undefined;
        return { ...uploadParts(parameters, objects, [2]), refused: 'status 403: ExpiredToken' };
      },
    },
  });
  await dump();
  expect(batches).toEqual(['1 2 3', '1 3']);
});

test('an upload that makes no progress is given up, with the answer of S3', async () => {
  const { dump, sent, clock } = onFakeHost({
    answers: { 'dump-upload': () => ({ parts: [], refused: 'status 403: AccessDenied' }) },
  });
  await expect(dump()).rejects.toMatchObject({ what: expect.stringContaining('status 403: AccessDenied') });
  expect(sent.filter((one) => one.script === 'dump-upload')).toHaveLength(5);
  expect(clock.slept).toEqual([2000, 4000, 8000, 16_000]);
});

test('each part that arrives gives an upload its patience back', async () => {
  const none = { parts: [], refused: 'status 503: SlowDown' };
  const { dump, clock } = onFakeHost({
    answers: {
      'dump-upload': (parameters, nth, objects) => {
        if (nth === 5) return { ...uploadParts(parameters, objects, [2]), refused: none.refused };
        return nth < 10 ? none : undefined;
      },
    },
  });
  await dump();
  expect(clock.slept).toEqual([2000, 4000, 8000, 16_000, 2000, 4000, 8000, 16_000]);
});

test('a command that fails is not an upload without progress', async () => {
  const gone = new HostError({ script: 'dump-upload', instanceId: 'i-1', code: 'gone', message: 'gone', detail: '' });
  const { dump, clock } = onFakeHost({
    answers: {
      'dump-upload': () => {
        throw gone;
      },
    },
  });
  await expect(dump()).rejects.toMatchObject({ code: 'gone' });
  expect(clock.slept).toEqual([]);
});

test('an archive that differs in the bucket is refused', async () => {
  const read = hash(Buffer.from('what was on the disk'));
  const { dump } = onFakeHost({
    answers: { 'dump-state': () => ({ ...dumpDone, sha256: read }) },
  });
  await expect(dump()).rejects.toMatchObject({
    what: `the archive has the SHA-256 ${sha256} in the bucket, and ${read} on i-1`,
  });
});

describe('another dump in the same folder', () => {
  test.each([
    ['its run is over', '5-2-shop'],
    ['an earlier attempt of this run left it', '7-1-shop'],
  ])('is discarded when %s', async (_why, other) => {
    const { dump, sent } = onFakeHost({
      answers: {
        'dump-start': (_parameters, nth) => {
          if (nth === 1) throw busy(other);
        },
      },
    });
    await dump();
    const finish = sent.find((one) => one.script === 'dump-finish');
    expect(finish?.parameters).toMatchObject({ DumpId: other, Outcome: 'discard' });
  });

  test.each([
    [
      'its run is alive',
      '5-2-shop',
      'another run is dumping into /var/backups/holdfast/shop of i-1: o/r/actions/runs/5',
    ],
    ['another job of this run makes it', '7-2-shop-0a1b2c3d', 'another job of this run is dumping into'],
  ])('stays when %s, and the error says so', async (_why, other, what) => {
    const { dump, sent } = onFakeHost({
      over: false,
      answers: {
        'dump-start': () => {
          throw busy(other);
        },
      },
    });
    await expect(dump()).rejects.toMatchObject({ what: expect.stringContaining(what) });
    expect(sent.some((one) => one.script === 'dump-finish')).toBe(false);
  });

  test('is never taken for this one: sources whose files have the same name have dumps of their own', async () => {
    const ids: (string | undefined)[] = [];
    for (const source of ['shop', 'container a/shop', 'container b/shop']) {
      const { dump, sent } = onFakeHost({ source });
      await dump();
      rmSync(join(folder, 'archive'));
      ids.push(sent.find((one) => one.script === 'dump-start')?.parameters.DumpId);
    }
    expect(ids[0]).toBe('7-2-shop');
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9._-]{1,150}$/);
  });
});

test('output of the tools on the host is explained like that of local ones', async () => {
  const { dump } = onFakeHost({
    answers: {
      'dump-state': () => {
        throw new HostError({
          script: 'dump-state',
          instanceId: 'i-1',
          code: 'dump-failed',
          message: 'pg_dump failed',
          detail: 'pg_dump: error: query failed: ERROR:  permission denied for table a',
        });
      },
    },
  });
  await expect(dump()).rejects.toMatchObject({ fix: expect.stringContaining('pg_read_all_data') });
});

describe('a host that does not answer', () => {
  const unanswered = (): never => {
    throw new AwsError({
      what: 'dump-state on i-1 ended as DeliveryTimedOut',
      operation: 'SendCommand',
      resource: 'i-1',
      requestId: undefined,
      code: 'DeliveryTimedOut',
      kind: 'other',
      outcome: 'maybe-done',
    });
  };

  test('is asked again, since the dump goes on all the same', async () => {
    const { dump, sent } = onFakeHost({
      answers: {
        // Four times in a row, and once more after an answer.
        'dump-state': (_parameters, nth) =>
          nth === 5 ? { state: 'running', bytes: 1 } : nth <= 6 ? unanswered() : undefined,
      },
    });
    await expect(dump()).resolves.toMatchObject({ bytes: archive.length });
    expect(sent.filter((one) => one.script === 'dump-state')).toHaveLength(7);
  });

  test('for long is given up, with the error of SSM', async () => {
    const { dump, sent } = onFakeHost({ answers: { 'dump-state': unanswered } });
    await expect(dump()).rejects.toThrow('dump-state on i-1 ended as DeliveryTimedOut');
    expect(sent.filter((one) => one.script === 'dump-state')).toHaveLength(5);
  });
});

test('no archive can have more parts than S3 allows, however badly it compresses', () => {
  for (const bytes of [0, 1e6, 1e9, 1e12, 16e12]) {
    expect((3 * bytes) / hostPartBytes(bytes)).toBeLessThanOrEqual(10_000);
    expect(hostPartBytes(bytes)).toBeGreaterThanOrEqual(5 * 2 ** 20);
  }
  expect(hostPartBytes(5e12)).toBeLessThanOrEqual(5 * 2 ** 30);
});

describe('a dump that waits for locks on the host', () => {
  test('tells its point in time once it has them', async () => {
    const takenAt = '2026-11-21T02:25:00.000Z';
    const { engine, sent } = onFakeHost({
      answers: {
        'dump-start': () => ({ takenAt: '' }),
        'dump-state': (_parameters, nth) => ({ state: 'running', bytes: 0, takenAt: nth < 3 ? '' : takenAt }),
      },
    });
    await engine.inspect();
    expect((await engine.begin(folder)).takenAt).toBe(takenAt);
    expect(sent.filter((one) => one.script === 'dump-state')).toHaveLength(3);
  });

  test('fails with the message of the host', async () => {
    const { engine } = onFakeHost({
      answers: {
        'dump-start': () => ({ takenAt: '' }),
        'dump-state': () => {
          const message = 'pg_dump failed: ERROR:  canceling statement due to lock timeout';
          throw new HostError({
            script: 'dump-state',
            instanceId: 'i-1',
            code: 'dump-failed',
            message,
            detail: message,
          });
        },
      },
    });
    await engine.inspect();
    await expect(engine.begin(folder)).rejects.toMatchObject({
      what: expect.stringContaining('ERROR:  canceling statement due to lock timeout'),
      code: 'locked',
    });
  });
});

test('what pg_dump warned of on the host is told', async () => {
  const fingerprint = [...dumpDone.fingerprint, 'ERROR:  of the server', 'pg_dump: warning: subscriptions not dumped'];
  const { dump } = onFakeHost({ answers: { 'dump-state': () => ({ ...dumpDone, fingerprint }) } });
  expect(await dump()).toMatchObject({ warnings: ['pg_dump warns: subscriptions not dumped'] });
});

describe('a fingerprint of the host', () => {
  const fingerprintOf = async (rows: readonly unknown[]) => {
    const { engine } = onFakeHost({ answers: { 'dump-state': () => ({ ...dumpDone, fingerprint: rows }) } });
    await engine.inspect();
    return (await engine.begin(folder)).fingerprint(Promise.resolve({ path: '/nowhere', bytes: 0 }));
  };
  const list = { table: 'public.a', id: 'table 1', root: null, missing: null };

  test('names what the server refused, with its message', async () => {
    const { unread, tables } = await fingerprintOf([
      list,
      'ERROR:  42883: function gone(text) does not exist',
      'LINE 1: SELECT gone($1)',
      'LOCATION:  ParseFuncOrColumn, parse_func.c:629',
      "STATEMENT:  /* holdfast table 1 */ SELECT pg_catalog.json_build_object('id', 'table 1')",
      { locale: { encoding: 'UTF8', collate: 'C', ctype: 'C', provider: 'libc', locale: null } },
      { largeObjects: '0', checksum: '0' },
    ]);
    expect(unread).toEqual([{ what: 'rows of public.a', why: 'function gone(text) does not exist' }]);
    expect(tables).toEqual([]);
  });

  test('whose session ended early says so, and compares no sequence', async () => {
    const rows = [
      { sequence: 'public.s', id: 'sequence 1' },
      { id: 'sequence 1', value: '5' },
      { lost: 'FATAL:  terminated' },
    ];
    const { unread, sequences } = await fingerprintOf(rows);
    expect(unread?.[0]).toEqual({ what: 'the rest of the fingerprint', why: 'FATAL:  terminated' });
    expect(sequences).toEqual({});
  });
});
