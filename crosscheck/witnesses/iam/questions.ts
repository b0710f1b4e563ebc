/**
 * Questions made of the policies themselves: each action on each resource and on others, with each condition met, violated and
 * without its key. Only keys that AWS gives with such a question are in it.
 */
import { isKey } from '../../../lab/privileges/condition-keys.ts';
import { ownPoliciesOf, principals } from '../../../lab/privileges/installation.ts';
import type { Keys } from '../../../lab/services/aws/auth/iam.ts';
import type { Policy, Statement } from '../../../lab/services/aws/auth/policy.ts';
import type { Asked } from '../../../lab/services/aws/endpoint/asked.ts';
import { globalKeyType, names, type Reference } from './reference.ts';
import { list } from './statements.ts';

type Question = Omit<Asked, 'allowed'>;

export async function questions(reference: Reference): Promise<Question[]> {
  const all: Question[] = [];
  for (const by of principals)
    for (const policy of ownPoliciesOf(by))
      for (const statement of policy.statements)
        for (const action of list(statement.Action))
          for (const resource of resourcesFor(by, policy, statement))
            for (const keys of situations(statement))
              all.push({ by, action, resource, keys: await given(reference, action, resource, keys) });
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

/** A resource that each pattern of the statement names, and others: of another account, partition and name. */
function resourcesFor(by: string, policy: Policy, statement: Statement): string[] {
  if (policy.name.startsWith('trust of ')) return [`arn:aws:iam::123456789012:role/${by}`];
  return list(statement.Resource).flatMap((pattern) => {
    if (pattern === '*') return ['*'];
    const one = pattern
      .replace(/^(arn:aws:\w+:)\*/, '$1us-east-1')
      // The ARN of a log group stands for its streams.
      .replace(/(:log-group:[^:]+:)\*$/, '$1log-stream:x1')
      .replaceAll('*', 'x1');
    const others = [
      one.replace(':123456789012:', ':999999999999:'),
      one.replace(/^arn:aws:/, 'arn:aws-cn:'),
      one.replace(/([:/-])[^:/-]+$/, '$1other'),
      one.replace(/(?<=^arn:aws:s3:::)[^/]+/, 'somebody-elses'),
      one.replace(/(?<=:log-group:)[^:]+/, '/aws/lambda/somebody-elses'),
      one.replace(/(?<=^arn:aws:s3:::[^/]+\/).*/, 'other/1.json'),
    ];
    return [...new Set([one, ...others])];
  });
}

/** The keys that meet the statement's conditions, and for each condition those that do not, and those without its key. */
function situations({ Condition = {} }: Statement): Keys[] {
  const conditions = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]) => ({ operator, key, wanted: list(wanted).map(String) })),
  );
  const meeting = Object.assign(
    {},
    ...conditions.map(({ operator, key, wanted }) => met(operator, key, wanted)),
  ) as Keys;
  return [
    meeting,
    {},
    ...conditions.flatMap(({ operator, key, wanted }) => {
      const { [key]: _without, ...others } = meeting;
      return [others, ...violations(operator, wanted).map((value) => ({ ...others, [key]: value }))];
    }),
    ...conditions.flatMap(({ operator, key, wanted }) =>
      wanted.slice(1).map((one) => ({ ...meeting, ...met(operator, key, [one]) })),
    ),
    { ...meeting, 'aws:SecureTransport': 'false' },
  ];
}

function met(operator: string, key: string, [first = '']: readonly string[]): Keys {
  if (operator === 'Null') return first === 'true' ? {} : { [key]: isList(key) ? ['x'] : 'x' };
  const value = operator.includes('Like') ? first.replaceAll('*', 'x') : first;
  return { [key]: isList(key) ? [value] : value };
}

function violations(operator: string, wanted: readonly string[]): (string | string[])[] {
  const [first = ''] = wanted;
  if (operator.startsWith('ForAllValues:')) return [[...wanted, 'other'], ['other'], [...wanted], []];
  if (operator === 'Null') return ['', 'x'];
  if (operator.startsWith('Numeric')) return [String(Number(first) + 1), String(Number(first) - 1)];
  if (operator === 'Bool') return [first === 'true' ? 'false' : 'true'];
  return ['other', first.toUpperCase(), `${first}x`, `x${first}`, ''];
}

const isList = (key: string): boolean => key === 'aws:TagKeys';

/** Without the keys that AWS does not give for the action on this type of resource. */
async function given(reference: Reference, action: string, resource: string, keys: Keys): Promise<Keys> {
  const [service = '', name = ''] = action.split(':');
  const known = await reference.action(service, name);
  if (!known || service === 'sts') return keys;
  const types = known.types.filter((type) => names(resource, type));
  const listed = [...known.keys, ...types.flatMap((type) => type.keys)];
  return Object.fromEntries(
    Object.entries(keys).filter(
      ([key]) =>
        listed.some((one) => isKey(one, key)) ||
        (!/^aws:(RequestTag|ResourceTag|TagKeys)/.test(key) && globalKeyType(key) !== undefined),
    ),
  );
}
