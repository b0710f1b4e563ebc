/** The jobs that a matrix makes (GitHub Docs, "Running variations of jobs in a workflow"). */
import { type Contexts, evaluateText, notKnown, type Value } from './expressions.ts';

export type Combination = Readonly<Record<string, Value>>;

/** Jobs that a matrix makes at most (GitHub Docs, "Usage limits"). */
const most = 256;

/** @returns one empty combination without a matrix; undefined when only a run knows what is in it */
export function combinations(matrix: unknown, contexts: Contexts): readonly Combination[] | undefined {
  if (matrix === undefined || matrix === null) return [{}];
  const whole = resolve(matrix as Value, contexts);
  if (whole === notKnown || typeof whole !== 'object' || whole === null) return undefined;
  const { include = [], exclude = [], ...dimensions } = whole as Record<string, Value>;
  let all: Combination[] = [{}];
  for (const [name, values] of Object.entries(dimensions)) {
    if (!Array.isArray(values)) return undefined;
    all = all.flatMap((one) => values.map((value: Value): Combination => ({ ...one, [name]: value }))).slice(0, most);
  }
  if (!Array.isArray(include) || !Array.isArray(exclude)) return undefined;
  const names = Object.keys(dimensions);
  const left =
    names.length === 0 ? [] : all.filter((one) => !exclude.some((pattern: Combination) => isPart(pattern, one)));
  return included(left, include as readonly Combination[], names);
}

function isPart(part: Combination, one: Combination): boolean {
  return Object.entries(part).every(([name, value]) => JSON.stringify(one[name]) === JSON.stringify(value));
}

/** Each entry extends the combinations of which it overwrites no original value; one that extends none is a job of its own. */
function included(
  all: readonly Combination[],
  include: readonly Combination[],
  names: readonly string[],
): Combination[] {
  const result = [...all];
  for (const entry of include) {
    const original = Object.fromEntries(Object.entries(entry).filter(([name]) => names.includes(name)));
    const extended = all.flatMap((one, at) => (isPart(original, one) ? [at] : []));
    for (const at of extended) result[at] = { ...result[at], ...entry };
    if (extended.length === 0) result.push(entry);
  }
  return result.slice(0, most);
}

/** Lists and objects with their texts evaluated; unknown as a whole when it is a text that only a run knows. */
function resolve(value: Value, contexts: Contexts): Value {
  if (typeof value === 'string') return evaluateText(value, contexts);
  if (Array.isArray(value)) return value.map((one: Value) => resolve(one, contexts));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, resolve(one as Value, contexts)]));
}
