/**
 * Whether anybody may do more than the suites have shown that he needs. Of the services that Holdfast needs, every action in the
 * reference is asked about, whether a policy names it or not; whoever may do something at one place is asked about all others. Conditions
 * are left out: what nobody needs must be refused whatever the tags.
 */
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { evidence } from '../../../lab/privileges/evidence.ts';
import { accountId, buckets, keys, ownPoliciesOf, principals } from '../../../lab/privileges/installation.ts';
import type { Statement } from '../../../lab/services/aws/auth/policy.ts';
import type { Points } from '../../points.ts';
import { names, type Reference } from './reference.ts';
import { list } from './statements.ts';

const asked = Object.values(evidence())
  .flat()
  .filter(({ allowed, action }) => allowed && !action.startsWith('sts:AssumeRole'));

export async function judgeBreadth(points: Points, reference: Reference): Promise<void> {
  const services = new Set(asked.map(({ action }) => serviceOf(action)));
  const named = everybody.flatMap(({ Action }) => list(Action)).map(serviceOf);
  points.compare(
    'nobody needs more: services',
    [],
    named.filter((one) => !services.has(one)),
  );
  // Whatever any statement may mean, wherever.
  const anywhere = everybody.map((statement) => ({ ...statement, Resource: '*' }));
  for (const service of services)
    for (const name of await reference.actions(service)) {
      const action = `${service}:${name}`;
      const places = await placesOf(reference, service, name);
      const may = await mayDo(anywhere, action, places[0] ?? '*');
      const needed = asked.some((one) => one.action === action);
      if (may && needed) await judgeAction(points, action, places);
      else points.compare(`nobody needs more: ${action}`, word(needed), word(may));
    }
}

const serviceOf = (action: string): string => action.split(':')[0] ?? '';
const word = (allowed: boolean): string => (allowed ? 'allowed' : 'refused');

async function judgeAction(points: Points, action: string, places: readonly string[]): Promise<void> {
  for (const by of principals) {
    const own = unconditional(by);
    for (const place of places) {
      const may = await mayDo(own, action, place);
      // That nobody may do less is shown by each question of the suites: see verdicts.ts.
      points.compare(
        `needs no more: ${by} ${action} on ${place}`,
        'refused',
        word(may && !isNeeded(by, action, place)),
      );
    }
  }
}

function isNeeded(by: string, action: string, place: string): boolean {
  const does = (actions: readonly string[], kind?: string): boolean =>
    asked.some((one) => one.by === by && actions.includes(one.action) && (!kind || covers(kindOf(one.resource), kind)));
  if (does([action], kindOf(place))) return true;
  // S3's user guide, "Using server-side encryption with AWS KMS keys": who uploads needs kms:GenerateDataKey, who downloads or completes
  // parts kms:Decrypt. The suites show it of some.
  if (place === keys.buckets && action === 'kms:Decrypt')
    return does(['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject']);
  if (place === keys.buckets && action === 'kms:GenerateDataKey') return does(['s3:PutObject']);
  return meant.some((one) => one.by === by && one.action === action && one.kind === kindOf(place));
}

/** What nobody asks in the suites whose questions are kept, and why it is granted. */
const meant: readonly { readonly by: string; readonly action: string; readonly kind: string; readonly why: string }[] =
  [
    {
      by: 'user/holdfast-dumps-ro',
      action: 's3:GetObjectVersion',
      kind: 'receipts',
      why: 'It reads both buckets by versions and without, so also a receipt as it was before.',
    },
    {
      by: 'user/holdfast-dumps-ro',
      action: 's3:ListBucketVersions',
      kind: `arn:aws:s3:::${buckets.receipts}`,
      why: 'It finds the versions of receipts so.',
    },
  ];

function unconditional(by: string): Statement[] {
  return ownPoliciesOf(by)
    .filter(({ name }) => !name.startsWith('trust of '))
    .flatMap(({ statements }) => statements)
    .map(({ Condition: _any, ...statement }) => statement);
}

const everybody = principals.flatMap(unconditional);

/** A thing of each type that the action is about, by a name that means nothing, and one of each kind that the suites asked for. */
async function placesOf(reference: Reference, service: string, name: string): Promise<readonly string[]> {
  const types = (await reference.action(service, name))?.types ?? [];
  if (types.length === 0) return ['*'];
  const own = things.filter((thing) => types.some((type) => names(withAccount(thing), type)));
  const all = [...types.map(({ arn }) => example(arn)), ...own];
  return [...new Map(all.map((one) => [kindOf(one), one])).values()];
}

const example = (format: string): string =>
  format
    .replace('${Partition}', 'aws')
    .replace('${Region}', 'us-east-1')
    .replace('${Account}', accountId)
    .replace(/\$\{[^}]*\}|\*/g, 'x1');

/** Beside what was asked for, a neighbour of it in each bucket. */
const things = [
  ...new Set([
    ...asked.map(({ resource }) => resource.replace(/\*$/, 'x1')),
    `arn:aws:s3:::${buckets.receipts}/other/1.json`,
    `arn:aws:s3:::${buckets.dumps}/other/1.gz`,
  ]),
];

/** Whether what was asked for of one kind speaks for another: whoever needs whole dumps may have those without personal data. */
const covers = (one: string, other: string): boolean =>
  one === other || (one === 'dumps' && other === 'anonymised dumps');

/** Things of one kind have names that mean nothing. */
function kindOf(arn: string): string {
  const object = /^arn:aws:s3:::([^/]+)\/(.*)$/.exec(arn);
  if (object?.[1] === buckets.dumps && object[2]?.startsWith('db/'))
    return object[2].includes('.anon.') ? 'anonymised dumps' : 'dumps';
  if (object?.[1] === buckets.receipts && object[2]?.startsWith('receipts/')) return 'receipts';
  return arn
    .replace(/^(arn:aws:\w+:)[\w-]+:/, '$1:')
    .replace(/^(arn:aws:ec2:.*\/).*/, '$1')
    .replace(/(?<=:log-stream:).*/, '')
    .replace(/(?<=:parameter\/holdfast\/rotation).*/, '');
}

/** See independent.ts: the ARN of a document that AWS owns has no account in it, and a key leaves it to the account's policies. */
const withAccount = (arn: string): string => arn.replace('::document/AWS', `:${accountId}:document/AWS`);

/** By the evaluator, which is asked about the statements that may mean the action: a name without wildcards means no other. */
async function mayDo(statements: readonly Statement[], action: string, place: string): Promise<boolean> {
  const means = (one: string): boolean => /[*?]/.test(one) || one.toLowerCase() === action.toLowerCase();
  const apt = statements.filter(
    ({ Action, Effect }) => Effect === 'Allow' && (Action === undefined || list(Action).some(means)),
  );
  if (apt.length === 0) return false;
  const Statement = apt.map(({ Resource, ...rest }) => ({
    ...rest,
    Resource: list(Resource).map(withAccount),
  }));
  const root = { AWS: `arn:aws:iam::${accountId}:root` };
  const key = { Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' };
  const answer = await runSimulation(
    {
      ...{ serviceControlPolicies: [], resourceControlPolicies: [] },
      request: {
        principal: `arn:aws:iam::${accountId}:user/somebody`,
        action,
        resource: { resource: withAccount(place), accountId },
        contextVariables: {},
      },
      identityPolicies: [{ name: 'own', policy: { Version: '2012-10-17', Statement } }],
      ...(action.startsWith('kms:') ? { resourcePolicy: { Version: '2012-10-17', Statement: [key] } } : {}),
    },
    {},
  );
  if (answer.resultType === 'error') throw new Error(`${action} on ${place}: ${JSON.stringify(answer.errors)}`);
  return answer.overallResult === 'Allowed';
}
