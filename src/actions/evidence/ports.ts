/** What evidence works with, and what it reports. */
import type { ActionContext } from '../../runtime/context.ts';
import type { BundleFile } from '../../watch/evidence/bundle.ts';
import type { EvidencePorts } from '../../watch/evidence/read/read.ts';

export interface Ports extends EvidencePorts {
  /** Writes the files into their folder. @returns its path */
  readonly write: (files: readonly BundleFile[]) => string;
}

export interface Findings {
  readonly outcome: 'done' | 'dry-run';
  readonly notes: readonly string[];
  readonly folder: string;
  readonly period: string;
  readonly gaps: number;
}

export type Context = ActionContext<Findings>;
