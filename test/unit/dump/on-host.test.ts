/** Dumps on a host, with a fake host: what the runner does with each answer. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { PostgresEngine } from '../../../src/adapters/databases/postgres/engine.ts';
import { type HostDumpOptions, hostPartBytes } from '../../../src/adapters/databases/postgres/on-host/commands.ts';
import { PostgresOnHost } from '../../../src/adapters/databases/postgres/on-host/engine.ts';
import type { Instance } from '../../../src/domain/ec2.ts';
import type { HostScript } from '../../../src/host/catalogue/catalogue.ts';
import type { Compute } from '../../../src/ports/compute.ts';
import type { Hosts } from '../../../src/ports/hosts.ts';
import type { HostPart, Objects, Upload, UploadedPart } from '../../../src/ports/objects.ts';
import { AwsError, HostError } from '../../../src/runtime/errors.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { fakeContext, fakeRun } from '../../fakes/context.ts';
import { fakeAnswer } from '../../fakes/hosts.ts';

const archive = Buffer.from('what pg_dump wrote');
const sha256 = createHash('sha256').update(archive).digest('hex');
const parts = ['11', '22', '33'].map((pair) => pair.repeat(32));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-on-host-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Parameters = Readonly<Record<string, string | undefined>>;

interface FakeHost {
  /** Answers by script; undefined gives the usual one. */
  readonly answers?: Partial<Record<HostScript, (parameters: Parameters, nth: number) => unknown>>;
  readonly stored?: Buffer;
  readonly over?: boolean;
  /** The instances that EC2 lists. */
  readonly instances?: readonly Pick<Instance, 'id' | 'name' | 'tags'>[];
}

const host = { id: 'i-1', name: 'db01', tags: { 'holdfast:host': 'source' } };

/** What a host answers when all goes well. */
const usual: Partial<Record<HostScript, (parameters: Parameters) => unknown>> = {
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
  'dump-state': () => ({
    state: 'done',
    size: archive.length,
    sha256,
    parts,
    fingerprint: [{ table: 'a', rows: '1' }],
  }),
  'dump-upload': ({ Parts }) => ({
    parts: (Parts ?? '').split(' ').map((one) => ({ number: Number(one.split(':')[0]), etag: 'e'.repeat(32) })),
    refused: '',
  }),
  'dump-finish': () => ({ kept: true, removed: 0 }),
};

const options: HostDumpOptions = {
  instance: 'db01',
  database: 'shop',
  user: 'postgres',
  port: 5432,
  container: '',
  folder: '/var/backups/holdfast/shop',
  name: 'shop',
  keep: 10,
  format: 'custom',
  jobs: 1,
  archiveLevel: 6,
  lockTimeoutSeconds: 60,
  timeoutSeconds: 3600,
  bucket: 'dumps',
};

/** An upload to which the host adds its parts. */
function fakeUpload() {
  const adopted: UploadedPart[] = [];
  const upload = {
    key: 'db/shop.dump',
    sign: async (wanted: readonly HostPart[]) => ({
      url: 'https://s3/x?y=1',
      signatures: wanted.map(() => 'a'.repeat(64)),
    }),
    adopt: (all: readonly UploadedPart[]) => void adopted.push(...all),
    finish: async () => ({ size: archive.length, sha256 }),
    complete: async () => ({ versionId: 'v1' }),
  } as unknown as Upload;
  return { upload, adopted };
}

function onFakeHost({ answers = {}, stored = archive, over = true, instances = [host] }: FakeHost = {}) {
  const sent: { script: HostScript; parameters: Parameters }[] = [];
  const hosts: Hosts = {
    reachable: async () => ({ online: true, detail: '' }),
    run: async (_id, { script, parameters }) => {
      sent.push({ script, parameters });
      const nth = sent.filter((one) => one.script === script).length;
      return fakeAnswer(script, answers[script]?.(parameters, nth) ?? usual[script]?.(parameters));
    },
  };
  const objects = {
    read: async function* () {
      yield stored;
    },
  } as unknown as Objects;
  const ports = {
    local: { useToolsFor: async () => ({ major: 17, minor: 5 }) } as unknown as PostgresEngine,
    hosts,
    compute: { findInstances: async () => instances } as unknown as Compute,
    objects,
    runs: { state: async () => (over ? ('over' as const) : ('alive' as const)) },
  };
  const clock = new FakeClock();
  const engine = new PostgresOnHost(ports, options, fakeContext(clock, fakeRun(7)));
  const { upload, adopted } = fakeUpload();
  const dump = async () => {
    await engine.inspect();
    const begun = await engine.begin();
    return begun.archive(folder, upload, () => {});
  };
  return { engine, sent, adopted, dump, clock };
}

const busy = (detail: string) =>
  new HostError({ script: 'dump-start', instanceId: 'i-1', code: 'busy', message: 'busy', detail });

test("the tools of the server's own series are used, and nothing secret is sent", async () => {
  const { sent, dump, adopted } = onFakeHost();
  expect(await dump()).toEqual({ path: join(folder, 'archive'), bytes: archive.length });
  const start = sent.find((one) => one.script === 'dump-start');
  expect(start?.parameters.Tools).toBe('/usr/lib/postgresql/17/bin');
  expect(adopted.map((one) => one.number)).toEqual([1, 2, 3]);
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
      'dump-upload': ({ Parts }, nth) => {
        batches.push((Parts ?? '').replace(/:a+/g, ''));
        return nth === 1 ? { parts: [{ number: 2, etag: 'e' }], refused: 'status 403: ExpiredToken' } : undefined;
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
      'dump-upload': (_parameters, nth) => {
        if (nth === 5) return { parts: [{ number: 2, etag: 'e' }], refused: none.refused };
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
  const { dump } = onFakeHost({ stored: Buffer.from('something else') });
  await expect(dump()).rejects.toMatchObject({ what: expect.stringContaining(sha256) });
});

describe('another dump in the same folder', () => {
  test('is discarded when its run is over', async () => {
    const { dump, sent } = onFakeHost({
      answers: {
        'dump-start': (_parameters, nth) => {
          if (nth === 1) throw busy('5-2-shop');
        },
      },
    });
    await dump();
    const finish = sent.find((one) => one.script === 'dump-finish');
    expect(finish?.parameters).toMatchObject({ DumpId: '5-2-shop', Outcome: 'discard' });
  });

  test('stays when its run is alive, and the error names it', async () => {
    const { dump, sent } = onFakeHost({
      over: false,
      answers: {
        'dump-start': () => {
          throw busy('5-2-shop');
        },
      },
    });
    await expect(dump()).rejects.toMatchObject({ what: expect.stringContaining('o/r/actions/runs/5') });
    expect(sent.some((one) => one.script === 'dump-finish')).toBe(false);
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
