/** `strategy.matrix`: the combinations of its values, and how GitHub names them. */
import { type Contexts, evaluate } from './expressions.ts';
import type { Job } from './model.ts';

type Values = Readonly<Record<string, unknown>>;

/** One entry for each job that runs; a single undefined for a job without matrix. */
export function combinations(job: Job, contexts: Contexts): (Values | undefined)[] {
  if (job.matrix === undefined) return [undefined];
  const matrix = evaluateDeep(job.matrix, contexts) as Readonly<Record<string, readonly unknown[]>>;
  return Object.entries(matrix).reduce<Values[]>(
    (combined, [key, values]) => combined.flatMap((one) => values.map((value) => ({ ...one, [key]: value }))),
    [{}],
  );
}

/** The context `strategy` of one of the jobs (docs.github.com, "Contexts reference"). With a matrix, the lab has `fail-fast: false` only. */
export function strategyOf(index: number, total: number, values: Values | undefined): Values {
  return { 'fail-fast': values === undefined, 'job-index': index, 'job-total': total, 'max-parallel': total };
}

/** What GitHub adds to the name of a job: all its values, also those inside objects. */
export function matrixLabel(values: Values | undefined): string {
  return values === undefined ? '' : ` (${leaves(values).join(', ')})`;
}

function leaves(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.values(value).flatMap(leaves);
}

function evaluateDeep(value: unknown, contexts: Contexts): unknown {
  if (Array.isArray(value)) return value.map((item) => evaluateDeep(item, contexts));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, evaluateDeep(item, contexts)]));
  }
  return evaluate(value, contexts);
}
