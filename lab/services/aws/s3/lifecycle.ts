/** Lifecycle rules as S3 takes them, and as it refuses them (S3 API reference, PutBucketLifecycleConfiguration). */
import type { Answer } from '../../http/answer.ts';
import { LabAwsError } from '../protocol/service.ts';
import { document } from './answers.ts';
import { authorizeBucket, type BucketCall, bucketOf } from './call.ts';
import { checkSums } from './payload.ts';
import type { LifecycleRule } from './store.ts';
import { element, elements, xml } from './xml.ts';

/** What S3 tells of rules that were set without another size (S3 API reference, PutBucketLifecycleConfiguration). */
const leastSize = { 'x-amz-transition-default-minimum-object-size': 'all_storage_classes_128K' };

/** Most versions that a rule may keep (S3 API reference, NoncurrentVersionExpiration). */
const mostVersions = 100;

export function getLifecycle(call: BucketCall): Answer {
  authorizeBucket(call, 's3:GetLifecycleConfiguration');
  const rules = bucketOf(call).settings.lifecycle;
  if (rules.length === 0)
    throw new LabAwsError('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist', 404);
  const answer = document('LifecycleConfiguration', rules.map(ruleXml).join(''));
  return { ...answer, headers: { ...answer.headers, ...leastSize } };
}

export function putLifecycle(call: BucketCall): Answer {
  authorizeBucket(call, 's3:PutLifecycleConfiguration');
  const { body, headers } = call.request;
  checkSums(body, headers);
  const rules = elements(body.toString('utf8'), 'Rule');
  if (rules.length === 0) throw malformed();
  const withFilter = rules.filter((rule) => filterOf(rule) !== undefined);
  if (withFilter.length > 0 && withFilter.length < rules.length)
    throw new LabAwsError(
      'InvalidRequest',
      'Base level prefix cannot be used in Lifecycle V2, prefixes are only supported in the Filter.',
    );
  bucketOf(call).change({ lifecycle: rules.map(ruleOf) });
  return { status: 200, headers: leastSize, body: '' };
}

/** The content of a rule's filter; empty for one that matches everything, undefined without one. */
function filterOf(rule: string): string | undefined {
  return element(rule, 'Filter') ?? (/<Filter\s*\/>/.test(rule) ? '' : undefined);
}

/** The refusals are worded as by S3 (hashicorp/terraform-provider-aws, issues 23228 and 23299). */
function ruleOf(rule: string): LifecycleRule {
  const filter = filterOf(rule);
  const outside = filter === undefined ? rule : rule.replace(/<Filter>[\s\S]*?<\/Filter>/, '');
  const prefix = element(outside, 'Prefix');
  if ((filter === undefined) === (prefix === undefined)) throw malformed();
  const number = (name: string): number | undefined => {
    const text = element(rule, name);
    return text === undefined ? undefined : Number(text);
  };
  const kept = number('NewerNoncurrentVersions');
  const uploads = number('DaysAfterInitiation');
  const tagged = filter?.includes('<Tag>') === true;
  if (kept !== undefined && filter === undefined)
    throw new LabAwsError('InvalidRequest', 'NewerNoncurrentVersions element can only be used in Lifecycle V2.');
  if (kept !== undefined && number('NoncurrentDays') === undefined) throw malformed();
  if (kept !== undefined && !(kept >= 1 && kept <= mostVersions))
    throw new LabAwsError('InvalidArgument', `'NewerNoncurrentVersions' must be between 1 and ${mostVersions}`);
  if (uploads !== undefined && tagged)
    throw new LabAwsError('InvalidRequest', 'AbortIncompleteMultipartUpload cannot be specified with Tags.');
  const days = element(element(rule, 'Expiration') ?? '', 'Days');
  const tags = elements(filter ?? '', 'Tag').map((tag): [string, string] => [
    element(tag, 'Key') ?? '',
    element(tag, 'Value') ?? '',
  ]);
  return {
    id: element(rule, 'ID') ?? '',
    prefix: prefix ?? element(filter ?? '', 'Prefix') ?? '',
    enabled: element(rule, 'Status') === 'Enabled',
    noncurrentDays: number('NoncurrentDays'),
    newerNoncurrentVersions: kept,
    abortUploadDays: uploads,
    expirationDays: days === undefined ? undefined : Number(days),
    tags: tags.length === 0 ? undefined : Object.fromEntries(tags),
  };
}

function malformed(): LabAwsError {
  return new LabAwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
}

function ruleXml(rule: LifecycleRule): string {
  const optional = (name: string, value: number | undefined): string =>
    value === undefined ? '' : xml(name, String(value));
  const noncurrent =
    optional('NoncurrentDays', rule.noncurrentDays) + optional('NewerNoncurrentVersions', rule.newerNoncurrentVersions);
  const uploads = optional('DaysAfterInitiation', rule.abortUploadDays);
  return xml(
    'Rule',
    xml('ID', rule.id, true) +
      xml('Filter', filterXml(rule)) +
      xml('Status', rule.enabled ? 'Enabled' : 'Disabled') +
      (rule.noncurrentDays === undefined ? '' : xml('NoncurrentVersionExpiration', noncurrent)) +
      (rule.expirationDays === undefined ? '' : xml('Expiration', optional('Days', rule.expirationDays))) +
      (uploads === '' ? '' : xml('AbortIncompleteMultipartUpload', uploads)),
  );
}

/** A filter has one element: several conditions stand in `And` (S3 API reference, LifecycleRuleFilter). */
function filterXml({ prefix, tags = {} }: LifecycleRule): string {
  const conditions = [
    ...(prefix === '' && Object.keys(tags).length > 0 ? [] : [xml('Prefix', prefix, true)]),
    ...Object.entries(tags).map(([key, value]) => xml('Tag', xml('Key', key, true) + xml('Value', value, true))),
  ];
  return conditions.length === 1 ? conditions.join('') : xml('And', conditions.join(''));
}
