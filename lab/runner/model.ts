/** A workflow file, checked, as the runner runs it. */

import type { Permissions } from '../services/github/state.ts';
import type { BuiltIn } from './built-in.ts';

export interface InputDefinition {
  readonly type: 'string' | 'boolean' | 'number' | 'choice' | 'environment';
  readonly required: boolean;
  readonly default: string | boolean | number | undefined;
  readonly options: readonly string[];
}

export interface Concurrency {
  readonly group: string;
  readonly cancelInProgress: unknown;
  /** How many may wait: one, which a newer one replaces, or up to 100. */
  readonly queue: 'single' | 'max';
}

/** A repository whose files are run. */
export interface Source {
  /** `owner/name`; undefined for the repository of the run. */
  readonly repository: string | undefined;
  readonly root: string;
  /** In full, or a commit; undefined for the ref of the run. */
  readonly ref: string | undefined;
}

/** What `run` steps have where they say nothing themselves: `defaults.run`. */
export interface RunDefaults {
  readonly workingDirectory: string | undefined;
  /** Undefined: bash without pipefail. */
  readonly shell: 'bash' | undefined;
}

interface BaseStep {
  readonly id: string | undefined;
  readonly name: string | undefined;
  /** With the status function that GitHub adds where there is none. */
  readonly condition: string;
  readonly env: Readonly<Record<string, unknown>>;
  readonly continueOnError: unknown;
  readonly timeoutMinutes: unknown;
  readonly line: number;
}

export type Step =
  | (BaseStep & RunDefaults & { readonly kind: 'run'; readonly run: string })
  | (BaseStep & {
      readonly kind: 'action';
      readonly uses: string;
      /** Undefined for the workspace. */
      readonly source: Source | undefined;
      readonly path: string;
      readonly with: Readonly<Record<string, unknown>>;
    })
  | (BaseStep & {
      readonly kind: 'built-in';
      readonly action: BuiltIn;
      readonly uses: string;
      readonly with: Readonly<Record<string, unknown>>;
    });

interface BaseJob {
  readonly id: string;
  readonly name: string;
  readonly needs: readonly string[];
  readonly condition: string;
  /** Undefined where the job states none and takes the workflow's. */
  readonly permissions: Permissions | undefined;
  readonly concurrency: Concurrency | undefined;
  /** Values by key, or an expression that gives them. */
  readonly matrix: Readonly<Record<string, unknown>> | string | undefined;
}

export type Job =
  | (BaseJob & {
      readonly kind: 'steps';
      readonly env: Readonly<Record<string, unknown>>;
      readonly environment: string | undefined;
      readonly outputs: Readonly<Record<string, unknown>>;
      readonly timeoutMinutes: unknown;
      readonly continueOnError: unknown;
      readonly defaults: RunDefaults;
      readonly services: Readonly<Record<string, unknown>>;
      readonly steps: readonly Step[];
    })
  | (BaseJob & {
      readonly kind: 'call';
      readonly called: Workflow;
      readonly with: Readonly<Record<string, unknown>>;
      readonly secrets: 'inherit' | Readonly<Record<string, unknown>>;
    });

export interface Workflow {
  readonly source: Source;
  readonly path: string;
  readonly name: string;
  readonly runName: string | undefined;
  readonly events: readonly string[];
  readonly dispatchInputs: Readonly<Record<string, InputDefinition>>;
  readonly callInputs: Readonly<Record<string, InputDefinition>>;
  readonly callSecrets: Readonly<Record<string, { readonly required: boolean }>>;
  readonly callOutputs: Readonly<Record<string, string>>;
  readonly permissions: Permissions | undefined;
  readonly env: Readonly<Record<string, unknown>>;
  readonly concurrency: Concurrency | undefined;
  readonly defaults: RunDefaults;
  readonly jobs: readonly Job[];
}

/** One reason why a file cannot be run here. */
export interface Refusal {
  readonly file: string;
  readonly line: number;
  readonly what: string;
}

/** The file is wrong, or uses something that this runner does not have. Nothing has been run. */
export class WorkflowRefused extends Error {
  readonly refusals: readonly Refusal[];

  constructor(refusals: readonly Refusal[]) {
    super(refusals.map(({ file, line, what }) => `${file}:${line}: ${what}`).join('\n'));
    this.name = 'WorkflowRefused';
    this.refusals = refusals;
  }
}
