/** What a rehearsed job is: one workflow with the seed that it needs, the faults it meets, and the checks after a run. */
import type { Lab } from '../lab.ts';
import type { Check } from './check.ts';
import type { Ending, NamedFault } from './fault.ts';
import type { LabSeed } from './seed.ts';

export interface RehearsedJob {
  /** Name of the workflow file below .github/workflows, without `.yml`. */
  readonly workflow: string;
  /** Other workflows that need the same seed. */
  readonly otherWorkflows?: readonly string[];
  readonly seed?: LabSeed;
  readonly faults: readonly NamedFault[];
  /** Inputs of a run with a fault for which the user gave none. */
  readonly inputsWithFault?: Readonly<Record<string, string>>;
  readonly check: (lab: Lab, run: RehearsedRun) => Promise<readonly Check[]>;
  /** Set where a rehearsal without fault runs twice: checks the second run, which begins with the call number `first`. */
  readonly checkRepeated?: (lab: Lab, first: number) => Promise<readonly Check[]>;
}

/** A run that has ended. */
export interface RehearsedRun {
  /** `owner/name/actions/runs/ID`, the run in tags and receipts. */
  readonly key: string;
  /** How it should have ended. */
  readonly ends: Ending;
  /** Inputs that the user gave. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Whether the rehearsal is that of a fault, also in the run that follows without it. */
  readonly withFault: boolean;
}

export function hasInputs({ inputs }: Pick<RehearsedRun, 'inputs'>): boolean {
  return Object.keys(inputs).length > 0;
}
