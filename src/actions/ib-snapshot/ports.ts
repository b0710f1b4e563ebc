/** What ib-snapshot works with, and what it reports. */
import { gzipSync } from 'node:zlib';
import type { Instance } from '../../domain/ec2.ts';
import type { PlanDecision } from '../../domain/plan.ts';
import type { Receipt } from '../../domain/receipt.ts';
import type { HostParameters } from '../../host/catalogue/catalogue.ts';
import type { Compute } from '../../ports/compute.ts';
import type { Runs } from '../../ports/github.ts';
import type { Hosts } from '../../ports/hosts.ts';
import type { Receipts } from '../../ports/receipts.ts';
import type { ActionContext } from '../../runtime/context.ts';
import type { Inspection } from '../../volume/source.ts';
import type { Settings } from './inputs.ts';
import type { Held } from './state.ts';

export interface Ports {
  readonly compute: Compute;
  readonly hosts: Hosts;
  readonly receipts: Receipts;
  readonly runs: Runs;
  /** Saves, before the side effect, what the post step must undo. */
  readonly remember: (held: Held) => void;
  /** The source is back, so the post step has nothing to do. */
  readonly forget: () => void;
}

export interface Findings {
  readonly outcome: 'done' | 'dry-run' | 'nothing-to-do';
  readonly plan: readonly PlanDecision[];
  readonly receipt: Receipt;
  readonly receiptLocation: string;
}

export type Context = ActionContext<Findings>;

/** The source as it was inspected, and what the work on it needs. */
export interface SourceWork {
  readonly settings: Settings;
  readonly ports: Ports;
  readonly context: Context;
  readonly instance: Instance;
  readonly inspection: Inspection;
  /** Key of the receipt. */
  readonly key: string;
}

/** The checks as they travel to the host and in the receipt: base64 of gzip, or empty. */
export function checksOf({ checks, checksFile }: Settings): string {
  const statements = checks || checksFile;
  return statements === '' ? '' : gzipSync(statements).toString('base64');
}

/** How the host reads tables. The names of the input's values are what earlier receipts call other methods. */
export function methodOf({ fingerprint }: Settings): Receipt['fingerprint']['method'] {
  return fingerprint === 'auto' ? 'rows' : 'columns';
}

/** Parameters that every script on the source has. */
export function hostParameters(settings: Settings): HostParameters<'inspect'> {
  return {
    MountPoint: settings.mountPoint,
    Service: settings.service,
    Socket: settings.socket,
    DefaultsFile: settings.defaultsFile,
  };
}
