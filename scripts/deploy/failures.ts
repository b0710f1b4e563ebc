/** Why a deployment failed, and what to do: the first failed events, in words. */
import type { StackEvent } from '@aws-sdk/client-cloudformation';

const fixes: readonly (readonly [RegExp, (id: string, reason: string) => string])[] = [
  [
    /Provider with url .* already exists/i,
    () => 'The account has this OIDC provider already. Run again: deploy passes its ARN (OidcProviderArn).',
  ],
  [
    /requested bucket name is not available|BucketAlreadyExists/i,
    (id) => `Somebody else on AWS has a bucket of this name. Choose another: ${bucketOption(id)}`,
  ],
  [
    /AWS::S3::Bucket.* already exists|bucket.*you already own it|BucketAlreadyOwnedByYou/i,
    (id) =>
      `Your account has this bucket already, perhaps from an earlier installation. Choose another name (${bucketOption(id)}), or empty and delete the bucket if nobody needs it.`,
  ],
  [
    /(AWS::IAM::Role|Role with name).* already exists/i,
    () =>
      'The account has a role of this name: another stack of Holdfast (aws cloudformation list-stacks), or one that was made by hand. A second region needs documents only: npm run deploy -- --region REGION',
  ],
  [
    /(AWS::SSM::Document|Document with same name).* already exists/i,
    () =>
      'The region has documents of this name. Delete them, or choose another prefix: --parameter DocumentPrefix=NAME-',
  ],
  [
    /not authorized to perform: (\S+)/i,
    (_id, reason) =>
      `You lack the permission ${/not authorized to perform: (\S+)/i.exec(reason)?.[1]}. Deploy with a role that has it.`,
  ],
  [
    /Invalid principal in policy/i,
    () =>
      'IAM does not know the trusted user yet, which may take some seconds after it was made (Users=yes). Run again.',
  ],
  [
    /custom-named resource requires replacing/i,
    () => 'It cannot be replaced under the same name. docs/setup.md says which parameters may change.',
  ],
  [
    /LimitExceeded|quota/i,
    () => 'A quota of the account is used up. Ask AWS for more (Service Quotas), or remove what is not needed.',
  ],
];

function bucketOption(id: string): string {
  return /Dump/.test(id) ? '--dump-bucket NAME' : '--receipt-bucket NAME';
}

/** @param reason as CloudFormation words it @param id logical id of the resource */
export function fixOf(reason: string, id: string): string {
  const fix = fixes.find(([pattern]) => pattern.test(reason))?.[1];
  return fix ? fix(id, reason) : 'CloudFormation\'s console shows more on the tab "Events".';
}

export interface Cause {
  /** Logical id of the resource. */
  readonly id: string;
  readonly reason: string;
}

/** Each way to mend it once, with what it mends: the first reason whole, of the others the names. */
export function causeLines(causes: readonly Cause[]): string[] {
  const groups = new Map<string, Cause[]>();
  for (const cause of causes) {
    const fix = fixOf(cause.reason, cause.id);
    groups.set(fix, [...(groups.get(fix) ?? []), cause]);
  }
  return [...groups].flatMap(([fix, [first, ...others]]) => [
    `  ${first?.id}: ${first?.reason}`,
    ...(others.length > 0 ? [`  likewise: ${others.map((one) => one.id).join(', ')}`] : []),
    `    ${fix}`,
  ]);
}

/** The failures that are causes: what was only cancelled because of them is left out. */
export function failuresIn(events: readonly StackEvent[]): StackEvent[] {
  return events.filter(
    ({ ResourceStatus = '', ResourceStatusReason = '', ResourceType }) =>
      ResourceStatus.endsWith('_FAILED') &&
      ResourceType !== 'AWS::CloudFormation::Stack' &&
      !/cancelled/i.test(ResourceStatusReason),
  );
}
