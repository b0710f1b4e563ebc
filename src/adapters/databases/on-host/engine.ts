/** An engine whose dumps are made on a host: what it does with a dump once that is made, it does on the runner, as every other. */
import type { Comparison, Difference, DumpFingerprint } from '../../../domain/dump.ts';
import type {
  Anonymised,
  ArchiveOutcome,
  DescribedFingerprint,
  DumpEngine,
  DumpInProgress,
  Refusal,
  Scratch,
} from '../../../ports/dump-engine.ts';
import type { Runs } from '../../../ports/github.ts';
import type { Objects } from '../../../ports/objects.ts';
import type { HostCommands, HostDumpContext } from './commands.ts';
import { beginOnHost, type HostDump } from './running.ts';

export interface OnHostPorts<L extends DumpEngine> {
  /** Reads archives, restores and compares them. */
  readonly local: L;
  readonly objects: Objects;
  readonly runs: Runs;
}

export abstract class OnHost<L extends DumpEngine> implements Omit<DumpEngine, 'inspect' | 'begin' | 'describe'> {
  readonly #ports: OnHostPorts<L>;
  readonly #context: HostDumpContext;
  #begun: { readonly commands: HostCommands; readonly takenAt: string } | undefined;

  constructor(ports: OnHostPorts<L>, context: HostDumpContext) {
    this.#ports = ports;
    this.#context = context;
  }

  protected get local(): L {
    return this.#ports.local;
  }

  protected async beginDump(dump: HostDump, folder: string): Promise<DumpInProgress> {
    const { commands } = dump;
    // A dump that fails to begin must be put away, too.
    this.#begun = { commands, takenAt: '' };
    const begun = await beginOnHost(dump, folder, this.#ports, this.#context);
    this.#begun = { commands, takenAt: begun.takenAt };
    return begun;
  }

  async putAway(outcome: ArchiveOutcome): Promise<string | undefined> {
    if (this.#begun === undefined) return undefined;
    const { commands, takenAt } = this.#begun;
    const { kept, removed } = await commands.finish(commands.dumpId, outcome, takenAt);
    if (!kept) return undefined;
    const older = removed > 0 ? `; ${removed} older removed` : '';
    return `${commands.instanceId} keeps the archive below ${commands.options.folder}${older}`;
  }

  readThrough(archive: string): Promise<void> {
    return this.local.readThrough(archive);
  }

  scratch(owner: string, source: DumpFingerprint): Promise<Scratch> {
    return this.local.scratch(owner, source);
  }

  compare(source: DescribedFingerprint, copy: DescribedFingerprint, anonymised?: Anonymised): Comparison {
    return this.local.compare(source, copy, anonymised);
  }

  explained(difference: Difference, refusals: readonly Refusal[]): boolean {
    return this.local.explained(difference, refusals);
  }

  sweep(isOver: (owner: string) => Promise<boolean>): Promise<readonly string[]> {
    return this.local.sweep(isOver);
  }
}
