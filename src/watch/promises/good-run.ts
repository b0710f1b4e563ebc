/** How the jobs and steps of a run end in which nothing fails and nobody cancels: as far as others ask for it. */
import { type Contexts, notKnown, open, type Value } from './expressions.ts';

type Condition = string | boolean | undefined;

export interface DependentJob {
  readonly if?: Condition;
  readonly needs?: string | readonly string[];
}

/** Whether something runs; undefined when only a run knows. */
export type Runs = boolean | undefined;

/** A job of which one that it needs is skipped is skipped, too, unless its condition has one of these (GitHub Docs, "Using jobs in a workflow"). */
const asksForOthers = /\b(?:always|cancelled|failure|success)\s*\(\s*\)/i;

export interface GoodRun {
  runs(id: string): Runs;
  /** The context `needs` of a job. */
  needsOf(id: string): Value;
}

/** @param holds whether a condition holds, by the contexts of its job */
export function goodRunOf(
  jobs: Readonly<Record<string, DependentJob | null>>,
  contexts: Contexts,
  holds: (condition: Condition, contexts: Contexts) => Runs,
): GoodRun {
  const known = new Map<string, Runs>();

  const needed = (id: string): readonly string[] => [jobs[id]?.needs ?? []].flat();

  const needsOf = (id: string): Value => ({
    [open]: true,
    ...Object.fromEntries(needed(id).map((one) => [one, { result: resultOf(runs(one)), outputs: { [open]: true } }])),
  });

  function decide(id: string): Runs {
    const job = jobs[id];
    if (!job) return false;
    const own = holds(job.if, { ...contexts, needs: needsOf(id) });
    if (own === false || (typeof job.if === 'string' && asksForOthers.test(job.if))) return own;
    const others = needed(id).map(runs);
    if (others.includes(false)) return false;
    return others.includes(undefined) ? undefined : own;
  }

  function runs(id: string): Runs {
    if (known.has(id)) return known.get(id);
    // Jobs that need each other in a circle, which GitHub refuses.
    known.set(id, undefined);
    const found = decide(id);
    known.set(id, found);
    return found;
  }

  return { runs, needsOf };
}

/** Of a job (`result`) or of a step (`outcome`, `conclusion`). */
function resultOf(runs: Runs): Value {
  if (runs === undefined) return notKnown;
  return runs ? 'success' : 'skipped';
}

export interface DependentStep {
  readonly id?: string;
  readonly if?: Condition;
}

/**
 * The context `steps` of each step: those before it.
 * @param runs whether a step runs, by its own
 */
export function contextsOfSteps(
  steps: readonly (DependentStep | null)[],
  runs: (step: DependentStep, before: Value) => Runs,
): readonly Value[] {
  let before: object = { [open]: true };
  return steps.map((step) => {
    const own = before;
    if (step?.id !== undefined) {
      const result = resultOf(runs(step, own));
      before = { ...own, [step.id]: { outcome: result, conclusion: result, outputs: { [open]: true } } };
    }
    return own;
  });
}
