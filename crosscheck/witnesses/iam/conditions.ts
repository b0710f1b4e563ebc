/** Conditions and resources that nobody wrote: random, the same in each run. They show how the lab's evaluator reads them. */
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { decide, type Keys } from '../../../lab/services/aws/auth/iam.ts';
import type { Statement } from '../../../lab/services/aws/auth/policy.ts';
import type { Points } from '../../points.ts';

const account = '123456789012';
const cases = 4000;

/** Keys of AWS's page of global condition keys, each with values that are near each other, and patterns of them. */
const keys = [
  { name: 'aws:PrincipalTag/team', kind: 'String', values: ['ops', 'Ops', 'ops-1', '', 'o*s'] },
  { name: 'aws:TagKeys', kind: 'String', many: true, values: ['Type', 'type', 'Name', 'holdfast:keep'] },
  { name: 'aws:SecureTransport', kind: 'Bool', values: ['true', 'false'] },
  { name: 'aws:MultiFactorAuthAge', kind: 'Numeric', values: ['0', '7', '35', '36'] },
  {
    name: 'aws:SourceArn',
    kind: 'Arn',
    values: ['user/a', 'user/b/c', 'user/A', 'role/a:b'].map((one) => `arn:aws:iam::${account}:${one}`),
  },
] as const;

/** The operators that the lab knows. */
const operators = {
  String: [
    ...['StringEquals', 'StringEqualsIgnoreCase', 'StringLike'],
    ...['StringNotEquals', 'StringNotEqualsIgnoreCase', 'StringNotLike'],
  ],
  Bool: ['Bool'],
  Numeric: ['NumericLessThanEquals'],
  Arn: ['ArnLike', 'ArnEquals', 'StringLike', 'StringEquals'],
} as const;

const resources = ['bucket/db/1.gz', 'bucket/db/', 'Bucket/db/1.gz', 'bucket/db/1:2.gz', 'bucket-2/db/1.gz'];
const patterns = [
  'bucket/*',
  'bucket/db/*',
  '*/db/1.gz',
  'bucket/db/?.gz',
  'bucket*',
  'bucket/db/1.gz',
  '*',
  'b*t/*.gz',
];
const actions = ['s3:GetObject', 's3:getobject', 's3:Get*', 's3:*', 's3:GetObject?', 's3:PutObject', '*'];

export async function judgeConditions(points: Points): Promise<void> {
  const pick = picker(20261127);
  for (let at = 0; at < cases; at++) {
    const statement: Statement = {
      Effect: 'Allow',
      Action: pick(actions),
      Resource: pick.some(patterns).map((one) => `arn:aws:s3:::${one}`),
      Condition: condition(pick),
    };
    const denial: Statement = { ...statement, Effect: 'Deny', Action: pick(actions), Condition: condition(pick) };
    const statements = pick([0, 1, 2]) === 0 ? [statement, denial] : [statement];
    const question = { resource: `arn:aws:s3:::${pick(resources)}`, keys: context(pick) };
    const ours = decide([{ name: 'p', statements }], { action: 's3:GetObject', ...question }).allowed;
    const theirs = await judged(statements, question);
    points.compare(
      `random: ${JSON.stringify(statements)} ${JSON.stringify(question)}`,
      ours ? 'Allowed' : 'refused',
      theirs,
    );
  }
}

function condition(pick: Picker): NonNullable<Statement['Condition']> {
  const all: Record<string, Record<string, string[]>> = {};
  for (const { name, kind, values, ...rest } of pick.some(keys)) {
    const base = pick(['Null', ...operators[kind], ...operators[kind]]);
    const set =
      base === 'Null'
        ? ''
        : 'many' in rest
          ? pick(['ForAllValues:', 'ForAnyValue:'])
          : pick(['', '', '', 'ForAnyValue:']);
    const operator = `${set}${base}${base === 'Null' ? '' : pick(['', '', 'IfExists'])}`;
    const wanted =
      base === 'Null' ? [pick(['true', 'false'])] : pick.some<string>(values).map((one) => pattern(pick, base, one));
    all[operator] = {
      ...all[operator],
      [pick([name, name, name.replace('aws:', 'AWS:'), name.toLowerCase().replace('team', 'Team')])]: wanted,
    };
  }
  return all;
}

function pattern(pick: Picker, operator: string, value: string): string {
  // In place of an ARN `*` is no pattern of one.
  if (operator.startsWith('Arn'))
    return pick([value, value.replace(/.$/, '*'), value.replace(':1', ':*'), value.replace('::1', ':*1')]);
  if (!operator.endsWith('Like')) return value;
  return pick([value, value.replace(/.$/, '*'), value.replace(/^.(?=[^r])/, '?'), '*', `${value}*`]);
}

function context(pick: Picker): Keys {
  return Object.fromEntries(
    pick
      .some(keys)
      .map(({ name, values, ...rest }) => [name, 'many' in rest ? pick.some<string>(values) : pick<string>(values)]),
  );
}

async function judged(
  statements: readonly Statement[],
  { resource, keys }: { resource: string; keys: Keys },
): Promise<string> {
  const answer = await runSimulation(
    {
      ...{ serviceControlPolicies: [], resourceControlPolicies: [] },
      request: {
        principal: `arn:aws:iam::${account}:user/a`,
        action: 's3:GetObject',
        resource: { resource, accountId: account },
        contextVariables: Object.fromEntries(
          Object.entries(keys).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
        ),
      },
      identityPolicies: [{ name: 'p', policy: { Version: '2012-10-17', Statement: statements } }],
    },
    {},
  );
  if (answer.resultType === 'error') return `impossible: ${JSON.stringify(answer.errors)}`;
  return answer.overallResult === 'Allowed' ? 'Allowed' : 'refused';
}

interface Picker {
  <T>(from: readonly T[]): T;
  /** One or more, each once. */
  some<T>(from: readonly T[]): T[];
}

/** A linear congruential generator, with the constants of "Numerical Recipes". */
function picker(seed: number): Picker {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const some = <T>(from: readonly T[]): T[] => {
    const taken = from.filter(() => below(3) === 0);
    return taken.length > 0 ? taken : [pick(from)];
  };
  return Object.assign(pick, { some });
}
