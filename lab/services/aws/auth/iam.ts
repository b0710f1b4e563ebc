/** Policies, evaluated as IAM does: an explicit deny wins; otherwise a statement must allow the action. */
import type { Policy, Statement } from './policy.ts';

export type Keys = Readonly<Record<string, string | readonly string[]>>;

export interface Question {
  readonly action: string;
  readonly resource: string;
  readonly keys: Keys;
}

export interface Decision {
  readonly allowed: boolean;
  /** `policy/Sid` of the statements that allow the action, or of the one that denies it. */
  readonly statements: readonly string[];
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

function like(pattern: string, text: string, caseless = false): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, caseless ? 'si' : 's').test(text);
}

/** Each of the six parts by itself (IAM user guide, "Amazon Resource Name (ARN) condition operators"). */
function likeArn(pattern: string, arn: string): boolean {
  const [wanted, has] = [pattern.split(':'), arn.split(':')];
  const part = (all: readonly string[], at: number): string => (at < 5 ? (all[at] ?? '') : all.slice(5).join(':'));
  return wanted.length >= 6 && [0, 1, 2, 3, 4, 5].every((at) => like(part(wanted, at), part(has, at)));
}

type Test = (wanted: string, has: string) => boolean;
const tests: Readonly<Record<string, Test>> = {
  StringEquals: (wanted, has) => wanted === has,
  StringEqualsIgnoreCase: (wanted, has) => wanted.toLowerCase() === has.toLowerCase(),
  StringLike: (wanted, has) => like(wanted, has),
  ArnLike: (wanted, has) => likeArn(wanted, has),
  ArnEquals: (wanted, has) => likeArn(wanted, has),
  Bool: (wanted, has) => wanted.toLowerCase() === has.toLowerCase(),
  NumericLessThanEquals: (wanted, has) => Number(has) <= Number(wanted),
};

/** Names of condition keys have no case, and neither has the key of a tag in them (IAM user guide, "IAM JSON policy elements: Condition"). */
function keyValue(keys: Keys, name: string): readonly string[] | undefined {
  const known = Object.keys(keys).find((key) => key.toLowerCase() === name.toLowerCase());
  return known === undefined ? undefined : list(keys[known]);
}

/** @throws Error for an operator that the lab does not know: ignoring it would allow more than AWS does */
export function conditionHolds(condition: Statement['Condition'], keys: Keys): boolean {
  return Object.entries(condition ?? {}).every(([operator, wants]) => {
    const [, set = '', base = '', optional = ''] =
      /^(ForAllValues:|ForAnyValue:)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
    return Object.entries(wants).every(([name, value]) => {
      const wanted = list(value).map(String);
      const has = keyValue(keys, name);
      if (base === 'Null') return wanted.includes(String(has === undefined));
      const negated = base.startsWith('StringNot');
      const test = tests[negated ? base.replace('StringNot', 'String') : base];
      if (!test) throw new Error(`the lab does not know the condition operator ${operator}`);
      // Without a value ForAnyValue is false (IAM user guide, "Single-valued vs. multivalued context keys"). No page of AWS says so of
      // ForAnyValue with IfExists; who asked AWS was refused
      // (repost.aws/questions/QU9HFmDzP0QGuU-fd7rS6B7w/foranyvalue-stringequalsifexists-behaving-unexpectedly).
      if (has === undefined || has.length === 0)
        return set === 'ForAllValues:' || (set === '' && (optional !== '' || negated));
      const matches = (one: string): boolean => wanted.some((want) => test(want, one)) !== negated;
      return set === 'ForAllValues:' ? has.every(matches) : has.some(matches);
    });
  });
}

function applies(statement: Statement, { action, resource, keys }: Question): boolean {
  const actions = list(statement.Action).some((one) => like(one, action, true));
  const others = statement.NotAction !== undefined && !list(statement.NotAction).some((one) => like(one, action, true));
  return (
    (actions || others) &&
    list(statement.Resource).some((one) => like(one, resource)) &&
    conditionHolds(statement.Condition, keys)
  );
}

export function decide(policies: readonly Policy[], question: Question): Decision {
  const named = policies.flatMap((policy) =>
    policy.statements.map((statement, index) => ({ statement, name: `${policy.name}/${statement.Sid ?? index}` })),
  );
  const matching = named.filter(({ statement }) => applies(statement, question));
  const denied = matching.find(({ statement }) => statement.Effect === 'Deny');
  if (denied) return { allowed: false, statements: [denied.name] };
  return { allowed: matching.length > 0, statements: matching.map(({ name }) => name) };
}
