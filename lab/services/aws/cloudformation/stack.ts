/** Loads infra/holdfast.yml as CloudFormation would: parameters, the intrinsic functions it uses, and its resources. */
import { type CollectionTag, parse, type ScalarTag } from 'yaml';
import type { BucketSettings } from '../s3/store.ts';
import type { DocumentContent } from '../ssm/documents.ts';

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface Policy {
  readonly name: string;
  readonly statements: readonly Statement[];
}

export interface Role {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly maxSessionSeconds: number;
  readonly trust: readonly Statement[];
  readonly policies: readonly Policy[];
}

export interface Stack {
  readonly roles: readonly Role[];
  readonly buckets: readonly BucketSettings[];
  readonly documents: ReadonlyMap<string, DocumentContent>;
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const functions = ['Ref', 'Sub', 'GetAtt', 'If', 'Equals', 'Join', 'Select', 'Not', 'Or', 'And'];
const long = (name: string): string => (name === 'Ref' ? 'Ref' : `Fn::${name}`);

/** The short forms (`!Ref x`) as the long ones. */
const tags: (ScalarTag | CollectionTag)[] = functions.flatMap((name) => [
  { tag: `!${name}`, resolve: (text: string) => ({ [long(name)]: text }) },
  {
    tag: `!${name}`,
    collection: 'seq' as const,
    resolve: (value: { toJSON(): unknown }) => ({ [long(name)]: value.toJSON() }) as never,
  },
]);

/** @throws Error that names an intrinsic function, parameter or condition it does not know */
export function loadStack(
  template: string,
  options: { region: string; accountId: string; parameters: Readonly<Record<string, string>> },
): Stack {
  const document = parse(template, { customTags: tags }) as { [key: string]: { [key: string]: Json } };
  const { region, accountId } = options;
  const pseudo: Record<string, Json> = {
    'AWS::Region': region,
    'AWS::AccountId': accountId,
    'AWS::Partition': 'aws',
    'AWS::NoValue': null,
    'AWS::URLSuffix': 'amazonaws.com',
  };
  const parameters = document.Parameters ?? {};
  const resources = document.Resources ?? {};
  const conditions = document.Conditions ?? {};

  const value = (name: string): Json => {
    if (name in pseudo) return pseudo[name] as Json;
    if (name in parameters) {
      const one = parameters[name] as { [key: string]: Json };
      const given = options.parameters[name] ?? one.Default;
      if (given === undefined) throw new Error(`the parameter ${name} of the template has no value`);
      return one.Type === 'CommaDelimitedList' ? String(given).split(',') : (given as Json);
    }
    if (name in resources) return physicalId(name);
    throw new Error(`the template refers to ${name}, which it does not have`);
  };
  const physicalId = (name: string): string => {
    const one = resources[name] as { [key: string]: Json };
    const own = resolve((one.Properties ?? {}) as Json) as { [key: string]: Json };
    if (one.Type === 'AWS::IAM::OIDCProvider')
      return `arn:aws:iam::${accountId}:oidc-provider/${String(own.Url).replace('https://', '')}`;
    return String(own.RoleName ?? own.BucketName ?? own.Name ?? name);
  };
  const holds = (name: string): boolean => {
    if (!(name in conditions)) throw new Error(`the template has no condition ${name}`);
    return resolve(conditions[name] as Json) === true;
  };

  const resolve = (node: Json): Json => {
    if (Array.isArray(node)) return node.map(resolve);
    if (typeof node !== 'object' || node === null) return node;
    const [[key, argument] = ['', null], ...rest] = Object.entries(node);
    if (rest.length > 0 || !(key === 'Ref' || key.startsWith('Fn::'))) {
      return Object.fromEntries(Object.entries(node).map(([name, one]) => [name, resolve(one)]));
    }
    const list = argument as Json[];
    switch (key) {
      case 'Ref':
        return value(String(argument));
      case 'Fn::Sub':
        return String(argument).replace(/\$\{([^}]+)\}/g, (_all, name: string) => String(value(name.trim())));
      case 'Fn::GetAtt': {
        const [name = '', attribute] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.');
        if (attribute !== 'Arn') throw new Error(`the lab does not know the attribute ${attribute} of ${name}`);
        return arnOf(name);
      }
      case 'Fn::If':
        return resolve((holds(String(list[0])) ? list[1] : list[2]) as Json);
      case 'Fn::Equals':
        return JSON.stringify(resolve(list[0] as Json)) === JSON.stringify(resolve(list[1] as Json));
      case 'Fn::Not':
        return resolve(list[0] as Json) !== true;
      case 'Fn::Join':
        return (resolve(list[1] as Json) as Json[]).join(String(list[0]));
      default:
        throw new Error(`the lab does not know the function ${key}`);
    }
  };
  const arnOf = (name: string): string => {
    const type = (resources[name] as { [key: string]: Json }).Type;
    if (type === 'AWS::IAM::Role') return `arn:aws:iam::${accountId}:role/${physicalId(name)}`;
    if (type === 'AWS::S3::Bucket') return `arn:aws:s3:::${physicalId(name)}`;
    return physicalId(name);
  };

  const roles: Role[] = [];
  const buckets: BucketSettings[] = [];
  const documents = new Map<string, DocumentContent>();
  for (const [logicalId, node] of Object.entries(resources)) {
    const one = node as { [key: string]: Json };
    if (one.Condition !== undefined && !holds(String(one.Condition))) continue;
    // biome-ignore lint/suspicious/noExplicitAny: what a template holds is of its own shape; each use below names it.
    const properties = resolve((one.Properties ?? {}) as Json) as any;
    switch (one.Type) {
      case 'AWS::IAM::Role':
        roles.push({
          logicalId,
          name: properties.RoleName,
          arn: arnOf(logicalId),
          maxSessionSeconds: Number(properties.MaxSessionDuration ?? 3600),
          trust: properties.AssumeRolePolicyDocument.Statement,
          policies: properties.Policies.map(
            (policy: { PolicyName: string; PolicyDocument: { Statement: Statement[] } }) => ({
              name: policy.PolicyName,
              statements: policy.PolicyDocument.Statement,
            }),
          ),
        });
        break;
      case 'AWS::S3::Bucket':
        buckets.push(bucketOf(properties));
        break;
      case 'AWS::SSM::Document':
        documents.set(properties.Name, properties.Content);
        break;
      case 'AWS::IAM::OIDCProvider':
      case 'AWS::S3::BucketPolicy':
      // The lab has no KMS, and no users.
      case 'AWS::IAM::Policy':
      case 'AWS::IAM::ManagedPolicy':
        break;
      default:
        throw new Error(`the lab does not know resources of type ${String(one.Type)} (${logicalId})`);
    }
  }
  return { roles, buckets, documents };
}

/** What a bucket of the template is like. */
// biome-ignore lint/suspicious/noExplicitAny: resolved properties of a template.
function bucketOf(properties: any): BucketSettings {
  const rules = properties.LifecycleConfiguration?.Rules ?? [];
  return {
    name: properties.BucketName,
    versioned: properties.VersioningConfiguration?.Status === 'Enabled',
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    lifecycle: rules.map((rule: any) => ({
      id: rule.Id ?? '',
      prefix: rule.Prefix ?? '',
      enabled: rule.Status === 'Enabled',
      noncurrentDays: rule.NoncurrentVersionExpiration?.NoncurrentDays ?? rule.NoncurrentVersionExpirationInDays,
      newerNoncurrentVersions: rule.NoncurrentVersionExpiration?.NewerNoncurrentVersions,
      abortUploadDays: rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
    })),
  };
}
