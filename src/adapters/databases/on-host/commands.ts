/** Commands of a dump on a host, through the SSM documents of the stack. */
import { createHash } from 'node:crypto';
import type { MakingRun, RunIdentity } from '../../../domain/run.ts';
import { type ArchiveFormat, archiveEnding, stamp } from '../../../dump/files.ts';
import type { HostAnswer, HostParameters, HostScript } from '../../../host/catalogue/catalogue.ts';
import type { ArchiveOutcome } from '../../../ports/dump-engine.ts';
import type { HostCommand, Hosts } from '../../../ports/hosts.ts';
import type { WorkContext } from '../../../runtime/context.ts';
import { BackupError, HostError } from '../../../runtime/errors.ts';
import { adviceOn, type Cause } from '../tool-output.ts';

export interface HostDumpOptions {
  /** Id or Name tag of the instance. */
  readonly instance: string;
  /** Empty when the server runs on the host itself. */
  readonly container: string;
  readonly folder: string;
  readonly source: string;
  /** Name of the source's files; the names of the archives on the host begin with it. */
  readonly name: string;
  /** Number of proven archives that the host keeps. */
  readonly keep: number;
  /** Seconds after which the dump ends by itself. */
  readonly timeoutSeconds: number;
  readonly bucket: string;
  readonly format: ArchiveFormat;
}

export type HostDumpContext = WorkContext & { readonly run: RunIdentity };

/** A dump that is complete on the host. */
export type CompleteDump = Extract<HostAnswer<'dump-state'>, { state: 'done' }>;

const mebibyte = 1024 * 1024;

/** 16 MiB, or more, so that an archive three times the size of the database stays below S3's limit of 10,000 parts. */
export function hostPartBytes(databaseBytes: number): number {
  return Math.max(16, Math.ceil((3 * databaseBytes) / 9_000 / mebibyte)) * mebibyte;
}

/** Two sources of one host may give their files the same name, such as two containers with a database each, and their jobs be of one run. */
function dumpIdOf({ id, attempt }: RunIdentity, { source, name }: HostDumpOptions): string {
  const digest = source === name ? '' : `-${createHash('sha256').update(source).digest('hex').slice(0, 8)}`;
  return `${id}-${attempt}-${name}${digest}`;
}

/** The run of a dump, from the id of its like in the same repository. */
export function runOfDump(dumpId: string, own: MakingRun): MakingRun {
  const [, id = '', attempt = ''] = /^(\d+)-(\d+)-/.exec(dumpId) ?? [];
  return { key: own.key.replace(/[^/]*$/, id), attempt: Number(attempt) };
}

/** Runs the dump scripts on one host. */
export class HostCommands {
  readonly instanceId: string;
  readonly options: HostDumpOptions;
  /** Names this run's dump on the host. */
  readonly dumpId: string;
  readonly #hosts: Hosts;
  readonly #causes: readonly Cause[];
  readonly #signal: AbortSignal;

  /** @param causes what the messages of the engine's tools mean */
  constructor(
    hosts: Hosts,
    instanceId: string,
    causes: readonly Cause[],
    options: HostDumpOptions,
    { run, signal }: HostDumpContext,
  ) {
    this.#hosts = hosts;
    this.#causes = causes;
    this.instanceId = instanceId;
    this.options = options;
    this.dumpId = dumpIdOf(run, options);
    this.#signal = signal;
  }

  /** @throws BackupError with the advice on what the tools printed; HostError when another dump is in the way (`busy`) */
  run<S extends HostScript>(
    script: S,
    parameters: HostParameters<S>,
    more: Partial<Pick<HostCommand, 'timeoutSeconds' | 'pace'>> = {},
  ): Promise<HostAnswer<S>> {
    const command: HostCommand<S> = { script, parameters, timeoutSeconds: 120, ...more };
    return this.#hosts.run(this.instanceId, command, this.#signal).catch((error: unknown) => {
      throw withAdvice(error, this.#causes);
    });
  }

  /** Puts a dump away. Works after a cancelled run, too, hence without its signal. @param takenAt ISO 8601 */
  finish(dumpId: string, outcome: ArchiveOutcome, takenAt: string): Promise<HostAnswer<'dump-finish'>> {
    const { folder, name, keep, format } = this.options;
    const parameters = {
      DumpId: dumpId,
      Folder: folder,
      Outcome: outcome,
      Name: name,
      Stamp: outcome === 'discard' ? '' : stamp(takenAt),
      Ending: archiveEnding(format),
      Keep: String(keep),
    };
    return this.#hosts.run(this.instanceId, { script: 'dump-finish', parameters, timeoutSeconds: 120 });
  }
}

function withAdvice(error: unknown, causes: readonly Cause[]): unknown {
  if (!(error instanceof HostError) || error.code === 'busy') return error;
  const { message, detail, code } = error;
  return new BackupError({ what: message, detail, code, ...adviceOn(detail, 1, causes) });
}
