/**
 * Paths to the fields of documents, as rules name them: `contact.emails[]`, `a[].b`, `profiles.*.phone`, `$..phone`. As in the keys
 * of MongoDB's indexes, an array is passed through: `a.b` is also the field b of each document in the array a, and `[]` may be
 * written to say so.
 */
import { type PathStep, parsePath } from '../../rules/transforms/json-path.ts';

/** A key, `*` for any key, or any depth before a key. */
export type FieldStep = Exclude<PathStep, 'elements'>;

/** @returns undefined when the text is not a path */
export function parseFieldPath(written: string): readonly FieldStep[] | undefined {
  const bare = written.replaceAll('[]', '').replace(/^\$(?=[.[])/, '');
  const steps = parsePath(/^[.[]/.test(bare) ? `$${bare}` : `$.${bare}`);
  const fields = steps?.filter((step) => step !== 'elements');
  return fields === undefined || fields.length === 0 ? undefined : fields;
}

/** The name of a rule's column without the quotes that names of SQL need. */
export function bareName(name: string): string {
  return /^".*"$/s.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name;
}

/** Where a walk along a rule's path has come to. */
export interface PathState {
  /** Which rule. */
  readonly rule: number;
  /** Its next step. */
  readonly at: number;
}

/** Where the walks stand after the field `name`. */
export function advance(
  paths: readonly (readonly FieldStep[])[],
  states: readonly PathState[],
  name: string,
): readonly PathState[] {
  return states.flatMap((state) => {
    const path = paths[state.rule] as readonly FieldStep[];
    const step = path[state.at];
    if (step === undefined) return [];
    if (step !== 'anywhere') return fits(step, name) ? [{ rule: state.rule, at: state.at + 1 }] : [];
    const next = path[state.at + 1];
    const found = next !== undefined && next !== 'anywhere' && fits(next, name);
    return found ? [state, { rule: state.rule, at: state.at + 2 }] : [state];
  });
}

function fits(step: Exclude<FieldStep, 'anywhere'>, name: string): boolean {
  return step.key === '*' || step.key === name;
}
