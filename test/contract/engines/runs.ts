/** Runs db-dump with the real engine, as the conformance suite needs it. The bucket is in memory. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { signal } from '../../../lab/runner/process-tree.ts';
import { proveAgain } from '../../../src/actions/db-dump/again/prove-again.ts';
import { placeOf } from '../../../src/actions/db-dump/engines/place.ts';
import { inputs, type Settings } from '../../../src/actions/db-dump/inputs.ts';
import type { Context, Findings, Ports } from '../../../src/actions/db-dump/ports.ts';
import { run } from '../../../src/actions/db-dump/run.ts';
import { openEngine, openKept } from '../../../src/actions/db-dump/wiring.ts';
import { AwsSession } from '../../../src/adapters/aws/session.ts';
import type { DumpReceipt } from '../../../src/domain/dump.ts';
import type { ObjectPlace } from '../../../src/domain/s3.ts';
import type { NewObject, Objects } from '../../../src/ports/objects.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { Timeline } from '../../../src/runtime/timeline.ts';
import { FakeLogger } from '../../fakes/clock.ts';
import { settingsFrom } from '../../fakes/context.ts';
import { FakeObjects } from '../../fakes/objects.ts';
import type { Inputs } from './fixtures.ts';

export const bucket = 'receipts-test';
export const region = 'us-east-1';

/** A bucket in memory, which does something when the first bytes of an archive arrive. */
export class Bucket extends FakeObjects {
  readonly #onFirstBytes: () => Promise<void>;
  #begun = false;

  constructor(onFirstBytes: () => Promise<void> = async () => {}) {
    super(systemClock);
    this.#onFirstBytes = onFirstBytes;
  }

  /** In larger pieces than the fake's own, since a source may hold many megabytes. */
  override async *read(place: ObjectPlace): AsyncGenerator<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of super.read(place)) {
      pieces.push(piece);
      if (pieces.length === 256) yield Buffer.concat(pieces.splice(0));
    }
    if (pieces.length > 0) yield Buffer.concat(pieces);
  }

  override async upload(object: NewObject): ReturnType<FakeObjects['upload']> {
    const upload = await super.upload(object);
    const write = upload.write.bind(upload);
    upload.write = async (bytes) => {
      if (!this.#begun) {
        this.#begun = true;
        await this.#onFirstBytes();
      }
      await write(bytes);
    };
    return upload;
  }
}

export interface Ran {
  readonly findings: Partial<Findings>;
  readonly error: unknown;
  readonly lines: readonly string[];
}

export function newSession(): AwsSession {
  return new AwsSession({
    region,
    identity: undefined,
    apiTimeoutSeconds: 10,
    transferTimeoutSeconds: 30,
    userAgent: 'test',
    clock: systemClock,
    logger: new FakeLogger(),
  });
}

const runs: Ports['runs'] = { state: async () => 'over' };

/** Runs db-dump as the run number `id`. */
export function runDump(id: number, given: Inputs, objects: Objects, session = newSession()): Promise<Ran> {
  return ran(id, given, async (settings, context) => {
    const opened = openEngine({ settings, session, objects, runs, context, place: placeOf(settings, context.signal) });
    await run(settings, { ...opened, objects, cleanupObjects: objects, runs }, context);
  });
}

/** Proves a kept dump as the run number `id`. Nothing that it is given reaches the source. */
export function runProof(id: number, given: Inputs, objects: Objects): Promise<Ran> {
  return ran(id, { 'prove-again': 'newest', ...given, 'database-url': '' }, (settings, context) =>
    proveAgain(settings, { open: (receipt) => openKept(settings, receipt, context), objects, runs }, context),
  );
}

async function ran(
  id: number,
  given: Inputs,
  work: (settings: Settings, context: Context) => Promise<void>,
): Promise<Ran> {
  const findings: Partial<Findings> = {};
  const logger = new FakeLogger();
  const key = `acme/backups/actions/runs/${id}`;
  const context = {
    run: { key, url: `https://github.test/${key}`, id: String(id), attempt: 1 },
    clock: systemClock,
    logger,
    timeline: new Timeline(systemClock, logger),
    signal: new AbortController().signal,
    report: (more: Partial<Findings>) => void Object.assign(findings, more),
  };
  const settings = settingsFrom(inputs, { 'aws-region': region, bucket, 'receipt-bucket': bucket, ...given });
  try {
    await work(settings, context);
    return { findings, error: undefined, lines: logger.lines };
  } catch (error) {
    return { findings, error, lines: logger.lines };
  }
}

export async function receiptsIn(objects: Objects): Promise<readonly DumpReceipt[]> {
  const keys = (await objects.list(bucket, 'receipts/')).map((one) => one.key);
  return Promise.all(keys.map(async (key) => JSON.parse((await objects.text({ bucket, key })) ?? '') as DumpReceipt));
}

/** Kills the programs of this process, and of those it started, whose name fits. @returns how many there were */
export function killPrograms(name: RegExp): number {
  const parents = new Map<number, number>();
  for (const pid of readdirSync('/proc')
    .filter((one) => /^\d+$/.test(one))
    .map(Number)) {
    // The name, in parentheses, may hold anything (man 5 proc_pid_stat).
    const parent = /^.*\) \S (\d+)/s.exec(read(`/proc/${pid}/stat`))?.[1];
    if (parent !== undefined) parents.set(pid, Number(parent));
  }
  const isOurs = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === process.pid || isOurs(parents.get(pid)));
  const found = [...parents.keys()].filter((pid) => {
    const words = read(`/proc/${pid}/cmdline`).split('\0');
    return isOurs(parents.get(pid)) && words.slice(0, 2).some((word) => name.test(basename(word)));
  });
  for (const pid of found) signal(pid, 'SIGKILL');
  return found.length;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
