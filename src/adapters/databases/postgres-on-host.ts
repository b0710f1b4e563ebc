/**
 * Dumps where the database is: on a host, or in a container of it, by the stack's SSM documents. The host uploads the
 * archive to presigned URLs and holds no credentials; the runner fetches it from the bucket and makes the other files.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { DumpFingerprint } from '../../domain/dump.ts';
import { instanceProblems } from '../../domain/instances.ts';
import type { ObjectPlace } from '../../domain/s3.ts';
import { parseFingerprint } from '../../dump/engines/postgres/fingerprint.ts';
import {
  chooseTools,
  parseVersion,
  serverVersion,
  showVersion,
  type Tools,
} from '../../dump/engines/postgres/tools.ts';
import { type ArchiveFormat, archiveEndings, stamp } from '../../dump/files.ts';
import type { HostAnswer, HostParameters, HostScript } from '../../host/catalogue/catalogue.ts';
import type { Compute } from '../../ports/compute.ts';
import type { DatabaseFacts, DumpEngine, DumpInProgress } from '../../ports/dump-engine.ts';
import type { HostCommand, Hosts } from '../../ports/hosts.ts';
import type { Objects, Upload } from '../../ports/objects.ts';
import type { Clock } from '../../runtime/clock.ts';
import { AwsError, BackupError, ConfigurationError, HostError } from '../../runtime/errors.ts';
import { formatBytes } from '../../runtime/format.ts';
import type { Logger } from '../../runtime/logger.ts';
import { type Probe, paces, poll } from '../../runtime/poll.ts';
import { observed } from '../../runtime/streams.ts';
import { save, unpack } from './archive.ts';
import { explain } from './child.ts';
import type { PostgresEngine } from './postgres.ts';

export interface HostDumpOptions {
  /** Id or Name tag of the instance. */
  readonly instance: string;
  readonly database: string;
  /** Account of the host, or of the container, and role of the database. */
  readonly user: string;
  readonly port: number;
  /** Empty when the server runs on the host itself. */
  readonly container: string;
  readonly folder: string;
  /** Begin of the names of the archives on the host. */
  readonly name: string;
  /** Proven archives that the host keeps. */
  readonly keep: number;
  readonly format: ArchiveFormat;
  readonly jobs: number;
  readonly archiveLevel: number;
  readonly lockTimeoutSeconds: number;
  /** Seconds after which the dump ends by itself. */
  readonly timeoutSeconds: number;
  readonly run: { readonly id: string; readonly key: string; readonly attempt: number };
  readonly bucket: string;
  readonly isOver: (run: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

type Done = Extract<HostAnswer<'dump-state'>, { state: 'done' }>;

const mebibyte = 1024 * 1024;
/** Parts of one command: their signatures and its answer fit into what SSM carries. */
const batchParts = 100;
/** Bytes of one command: within the hour of the URLs at 600 KB a second. */
const batchBytes = 2048 * mebibyte;
/** Commands in a row without one part more, or without an answer, after which the dump is given up. */
const fruitless = 5;

/** 16 MiB, or as many as keep an archive of three times the database's size below S3's 10,000 parts. */
export function hostPartBytes(databaseBytes: number): number {
  return Math.max(16, Math.ceil((3 * databaseBytes) / 9_000 / mebibyte)) * mebibyte;
}

/** What the tools on the host said means the same as here; what only its busy caller understands goes through as it is. */
function explained(error: unknown): unknown {
  if (!(error instanceof HostError) || error.code === 'busy') return error;
  return new BackupError({
    what: error.message,
    detail: error.detail,
    code: error.code,
    ...explain(error.detail, 1),
  });
}

export class PostgresOnHost implements DumpEngine {
  readonly #local: PostgresEngine;
  readonly #hosts: Hosts;
  readonly #compute: Compute;
  readonly #objects: Objects;
  readonly #options: HostDumpOptions;
  readonly #dumpId: string;
  #instanceId = '';
  #tools: Tools = { folder: '', version: { major: 0, minor: 0 } };
  #facts: DatabaseFacts | undefined;
  #takenAt = '';

  /** @param tools.local reads archives here, and makes scratch databases */
  constructor(
    tools: { local: PostgresEngine; hosts: Hosts; compute: Compute; objects: Objects },
    options: HostDumpOptions,
  ) {
    this.#local = tools.local;
    this.#hosts = tools.hosts;
    this.#compute = tools.compute;
    this.#objects = tools.objects;
    this.#options = options;
    this.#dumpId = `${options.run.id}-${options.run.attempt}-${options.name}`;
  }

  #run<S extends HostScript>(
    script: S,
    parameters: HostParameters<S>,
    more: Partial<Pick<HostCommand, 'timeoutSeconds' | 'pace'>> = {},
    signal: AbortSignal | undefined = this.#options.signal,
  ): Promise<HostAnswer<S>> {
    return this.#hosts
      .run(this.#instanceId, { script, parameters, timeoutSeconds: 120, ...more }, signal)
      .catch((error: unknown) => {
        throw explained(error);
      });
  }

  get #place(): { Database: string; User: string; Port: string; Container: string; Folder: string } {
    const { database, user, port, container, folder } = this.#options;
    return { Database: database, User: user, Port: String(port), Container: container, Folder: folder };
  }

  async inspect(): Promise<DatabaseFacts> {
    const { database, container, instance } = this.#options;
    const found = await this.#compute.findInstances(instance);
    const [host] = found;
    // Without its tag SSM would refuse each command, and say less of the reason.
    const problems = instanceProblems(found, instance, 'source');
    if (problems.length > 0 || host === undefined)
      throw new ConfigurationError({ what: 'the database cannot be dumped on its host', problems });
    this.#instanceId = host.id;
    const { online, detail } = await this.#hosts.reachable(host.id);
    if (!online)
      throw new BackupError({
        what: `${host.id} cannot be reached through SSM: ${detail}`,
        fix: 'start the instance and its SSM agent; it needs an instance profile that allows SSM',
        code: 'unreachable',
      });
    const seen = await this.#run('dump-inspect', this.#place);
    const server = serverVersion(seen.serverVersionNumber);
    const tools = seen.tools.flatMap(({ folder, version: text }) => {
      const version = parseVersion(text);
      return version ? [{ folder, version }] : [];
    });
    const where = container === '' ? host.id : `the container ${container} of ${host.id}`;
    this.#tools = chooseTools(tools, server, `on ${where}`);
    // The archive is read here: by tools no older than those that wrote it.
    const local = await this.#local.use(this.#tools.version);
    const notes: string[] = [];
    if (seen.standby) notes.push('the server is a standby: a long dump may be cancelled by what it replays');
    if (seen.freeBytes < seen.bytes / 2)
      notes.push(
        `${this.#options.folder} on ${host.id} has ${formatBytes(seen.freeBytes)} left for an archive of a database of ${formatBytes(seen.bytes)}`,
      );
    if (local.major !== server.major)
      notes.push(
        `the tools of the runner are of series ${local.major}: the SQL files may need a server of that series to be restored`,
      );
    this.#facts = {
      serverVersion: showVersion(server),
      toolsVersion: showVersion(this.#tools.version),
      shown: `${database} on ${where}`,
      database,
      bytes: seen.bytes,
      place: where,
      notes,
    };
    return this.#facts;
  }

  get #known(): DatabaseFacts {
    if (this.#facts === undefined) throw new Error('inspect() comes first');
    return this.#facts;
  }

  async begin(): Promise<DumpInProgress> {
    const { takenAt } = await this.#start();
    this.#takenAt = takenAt;
    const began = this.#options.clock.now().getTime();
    let ended: Promise<Done> | undefined;
    let telling: (bytes: number) => void = () => {};
    const done = (): Promise<Done> => {
      ended ??= this.#ended((bytes) => telling(bytes));
      return ended;
    };
    return {
      takenAt,
      fingerprint: async () => {
        const { fingerprint } = await done();
        return parseFingerprint(
          fingerprint.map((one) => JSON.stringify(one)),
          {
            takenAt,
            seconds: (this.#options.clock.now().getTime() - began) / 1000,
            serverVersion: this.#known.serverVersion,
          },
        );
      },
      archive: async (folder, upload, tell) => {
        telling = tell;
        const facts = await done();
        await this.#upload(facts, upload, tell);
        return this.#fetch(facts, upload, folder, tell);
      },
      // The snapshot ends with the session on the host, which ends with the dump.
      end: async () => {},
    };
  }

  async #start(): Promise<{ takenAt: string }> {
    const { format, jobs, archiveLevel, lockTimeoutSeconds, timeoutSeconds, run, isOver, logger } = this.#options;
    const start = (): Promise<{ takenAt: string }> =>
      this.#run('dump-start', {
        ...this.#place,
        DumpId: this.#dumpId,
        Tools: this.#tools.folder,
        Format: format,
        Jobs: String(jobs),
        Level: String(archiveLevel),
        LockSeconds: String(lockTimeoutSeconds),
        PartBytes: String(hostPartBytes(this.#known.bytes)),
        MaxSeconds: String(timeoutSeconds),
      });
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof HostError && error.code === 'busy' && error.detail !== '')) throw error;
      // The host names the dump that is in the way: by its run's id, attempt and name.
      const other = error.detail.trim();
      const otherRun = run.key.replace(/[^/]*$/, /^\d+/.exec(other)?.[0] ?? '');
      if (otherRun !== run.key && !(await isOver(otherRun)))
        throw new BackupError({
          what: `another run is dumping into ${this.#options.folder} of ${this.#instanceId}: ${otherRun}`,
          fix: 'wait for it; a concurrency group for each database keeps two runs apart',
        });
      logger.info(`the dump ${other} of a run that is over is thrown away on ${this.#instanceId}`);
      await this.#finish(other, 'discard');
      return start();
    }
  }

  /** Follows the dump to its end. */
  #ended(tell: (bytes: number) => void): Promise<Done> {
    const { clock, signal, timeoutSeconds, logger } = this.#options;
    let unanswered = 0;
    // A host that is busy dumping may miss a question; the dump goes on without being asked.
    const lost = (error: unknown): undefined => {
      unanswered += 1;
      if (!(error instanceof AwsError && error.outcome === 'maybe-done') || unanswered >= fruitless) throw error;
      logger.info(`${error.message}; asked again`);
    };
    return poll(
      { what: `the dump on ${this.#instanceId}`, timeoutSeconds: timeoutSeconds + 60, pace: paces.long, clock, signal },
      async (): Promise<Probe<Done>> => {
        const state = await this.#run('dump-state', {
          DumpId: this.#dumpId,
        }).catch(lost);
        if (state === undefined) return { retry: 'no answer' };
        unanswered = 0;
        if (state.state === 'done') return { done: state };
        tell(state.bytes);
        return { retry: 'dumping' };
      },
    );
  }

  async #upload({ parts, size, sha256 }: Done, upload: Upload, tell: (bytes: number) => void): Promise<void> {
    const { clock, signal, logger } = this.#options;
    const partBytes = hostPartBytes(this.#known.bytes);
    const perBatch = Math.max(1, Math.min(batchParts, Math.floor(batchBytes / partBytes)));
    const etags = new Map<number, string>();
    const left = (): { number: number; sha256: string }[] =>
      parts.map((sum, index) => ({ number: index + 1, sha256: sum })).filter(({ number }) => !etags.has(number));
    let without = 0;
    for (let batch = left().slice(0, perBatch); batch.length > 0; batch = left().slice(0, perBatch)) {
      signal.throwIfAborted();
      // Signed anew for each command: by then older URLs, or the session behind them, may have run out.
      const { url, signatures } = await upload.sign(batch);
      const words = batch.map(({ number }, index) => `${number}:${signatures[index]}`).join(' ');
      const parameters = { DumpId: this.#dumpId, PartBytes: String(partBytes), Url: url, Parts: words };
      const answer = await this.#run('dump-upload', parameters, { timeoutSeconds: 3600, pace: 'long' });
      for (const { number, etag } of answer.parts) etags.set(number, etag);
      tell(etags.size * partBytes);
      without = answer.parts.length > 0 ? 0 : without + 1;
      if (answer.refused !== '') logger.info(`the host could not put all parts (${answer.refused.trim()}); again`);
      if (without >= fruitless)
        throw new BackupError({
          what: `${this.#instanceId} cannot upload to s3://${this.#options.bucket}: ${answer.refused.trim()}`,
          likelyCause: 'the host has no way to S3 (proxy, endpoint, security group), or its clock is wrong',
          fix: 'open the way to S3 for curl on the host',
        });
      if (without > 0) await clock.sleep(1000 * 2 ** without, signal);
    }
    upload.adopt(
      parts.map((sum, index) => ({ number: index + 1, sha256: sum, etag: etags.get(index + 1) ?? '' })),
      size,
      sha256,
    );
    await upload.finish();
  }

  /** What the runner works with is what the bucket has. */
  async #fetch(
    { sha256, size }: Done,
    upload: Upload,
    folder: string,
    tell: (bytes: number) => void,
  ): Promise<{ path: string; bytes: number }> {
    const { signal, bucket } = this.#options;
    const { versionId } = await upload.complete();
    const place: ObjectPlace = { bucket, key: upload.key, versionId };
    const hash = createHash('sha256');
    const source = observed(this.#objects.read(place), { hash, tell, signal });
    const path = join(folder, 'archive');
    if (this.#options.format === 'directory') await unpack(source, path, signal);
    else await save(source, { path, tell: () => {}, signal });
    const digest = hash.digest('hex');
    if (digest !== sha256)
      throw new BackupError({
        what: `the archive has the SHA-256 ${digest} in the bucket, and ${sha256} on ${this.#instanceId}`,
        likelyCause: 'it was damaged on its way, or on the disk of the host',
        fix: 'run again; look at the disk of the host when it happens again',
      });
    return { path, bytes: size };
  }

  async putAway(outcome: 'proven' | 'unproven' | 'discard'): Promise<string | undefined> {
    if (this.#instanceId === '') return undefined;
    const { kept, removed } = await this.#finish(this.#dumpId, outcome);
    if (!kept) return undefined;
    const older = removed > 0 ? `; ${removed} older removed` : '';
    return `${this.#instanceId} keeps the archive below ${this.#options.folder}${older}`;
  }

  /** Also at the end of a cancelled run, hence without its signal. */
  #finish(dumpId: string, outcome: string): Promise<{ kept: boolean; removed: number }> {
    const { folder, name, keep, format } = this.#options;
    const parameters = {
      DumpId: dumpId,
      Folder: folder,
      Outcome: outcome,
      Name: name,
      Stamp: outcome === 'discard' ? '' : stamp(this.#takenAt),
      Ending: archiveEndings[format],
      Keep: String(keep),
    };
    const command: HostCommand<'dump-finish'> = { script: 'dump-finish', parameters, timeoutSeconds: 120 };
    return this.#hosts.run(this.#instanceId, command);
  }

  readThrough(archive: string): Promise<void> {
    return this.#local.readThrough(archive);
  }

  sql(archive: string, definitionsOnly: boolean): AsyncIterable<Buffer> {
    return this.#local.sql(archive, definitionsOnly);
  }

  sweep(isOver: (owner: string) => Promise<boolean>): Promise<readonly string[]> {
    return this.#local.sweep(isOver);
  }

  scratch(owner: string, fingerprint: DumpFingerprint): ReturnType<DumpEngine['scratch']> {
    return this.#local.scratch(owner, fingerprint);
  }
}
