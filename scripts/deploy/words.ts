/** A change set in words. */
import type { Change, ResourceChange } from '@aws-sdk/client-cloudformation';

const nouns: Readonly<Record<string, string>> = {
  'AWS::IAM::OIDCProvider': 'OIDC provider',
  'AWS::IAM::Role': 'role',
  'AWS::IAM::User': 'user',
  'AWS::IAM::Policy': 'inline policy',
  'AWS::IAM::ManagedPolicy': 'managed policy',
  'AWS::S3::Bucket': 'bucket',
  'AWS::S3::BucketPolicy': 'bucket policy',
  'AWS::SSM::Document': 'document',
  'AWS::Rbin::Rule': 'Recycle Bin rule',
  'AWS::SNS::Topic': 'topic',
  'AWS::SNS::Subscription': 'subscription',
  'AWS::Lambda::Function': 'function',
  'AWS::Lambda::Permission': 'permission to start the function',
  'AWS::Events::Rule': 'schedule',
  'AWS::Logs::LogGroup': 'log group',
  'AWS::CloudWatch::Alarm': 'alarm',
};

/** What a resource is called in the lines that are printed. */
export function nounOf(type: string | undefined): string {
  return nouns[type ?? ''] ?? type ?? 'resource';
}

/** Losing one of these costs data, or locks out every job. */
const precious = new Set(['AWS::S3::Bucket', 'AWS::IAM::Role', 'AWS::IAM::OIDCProvider']);

export interface Line {
  readonly text: string;
  /** Shown in red. */
  readonly alarming: boolean;
}

/** What is lost comes first. Many documents in a row are one line. */
export function changeLines(changes: readonly Change[]): Line[] {
  const order = ['Remove', 'Replace', 'Modify', 'Add'];
  const all = changes
    .flatMap(({ ResourceChange: change }) => (change ? [change] : []))
    .sort((a, b) => order.indexOf(kindOf(a)) - order.indexOf(kindOf(b)));
  const isNewDocument = (one: ResourceChange): boolean => kindOf(one) === 'Add' && one.ResourceType === documentType;
  const documents = all.filter(isNewDocument);
  if (documents.length < 4) return all.map(lineOf);
  const names = documents.map((one) => (one.LogicalResourceId ?? '').replace(/Document$/, ''));
  const together = { text: `+ add      ${documents.length} documents: ${names.join(', ')}`, alarming: false };
  return [...all.filter((one) => !isNewDocument(one)).map(lineOf), together];
}

const documentType = 'AWS::SSM::Document';

function kindOf({ Action, Replacement }: ResourceChange): string {
  return Action === 'Modify' && Replacement !== undefined && Replacement !== 'False' ? 'Replace' : (Action ?? '');
}

function lineOf(change: ResourceChange): Line {
  const {
    LogicalResourceId: id = '',
    PhysicalResourceId: physical,
    ResourceType: type,
    Details = [],
    PolicyAction,
    Scope = [],
  } = change;
  const noun = nounOf(type);
  const named = physical !== undefined && physical !== '' ? `${physical} (${id})` : id;
  const names = [...new Set(Details.flatMap((one) => (one.Target?.Name ? [one.Target.Name] : [])))];
  const what = names.length > 0 ? names.join(', ') : Scope.join(', ');
  const kept = PolicyAction?.includes('Retain') ? '; the old one stays as it is, outside the stack' : '';
  const alarming = precious.has(type ?? '');
  switch (kindOf(change)) {
    case 'Add':
      return { text: `+ add      ${noun} ${named}`, alarming: false };
    case 'Remove':
      return { text: `- remove   ${noun} ${named}${kept}`, alarming };
    case 'Replace': {
      const certainly = change.Replacement === 'Conditional' ? 'perhaps replace' : 'replace';
      return { text: `! ${certainly}  ${noun} ${named}: ${what}${kept}`, alarming };
    }
    default:
      return { text: `~ change   ${noun} ${named}: ${what}`, alarming: false };
  }
}

/** `3 added, 1 changed`. */
export function countsOf(changes: readonly Change[]): string {
  const counts = new Map<string, number>();
  for (const { ResourceChange: change } of changes) {
    if (change) counts.set(kindOf(change), (counts.get(kindOf(change)) ?? 0) + 1);
  }
  const words = { Add: 'added', Modify: 'changed', Replace: 'replaced', Remove: 'removed' };
  const parts = Object.entries(words).flatMap(([kind, word]) =>
    counts.has(kind) ? [`${counts.get(kind)} ${word}`] : [],
  );
  return parts.length > 0 ? parts.join(', ') : 'outputs only';
}
