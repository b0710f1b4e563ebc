/** A stack as CloudFormation would deploy it: the roles, buckets and SSM documents of a template. */
import type { Policy, Role, Statement } from '../auth/policy.ts';
import type { BucketSettings } from '../s3/store.ts';
import { checkPatterns, checkSize, type DocumentContent } from '../ssm/documents/document.ts';
import { type Resource, Template, type TemplateOptions } from './template.ts';

export interface Stack {
  readonly roles: readonly Role[];
  readonly buckets: readonly BucketSettings[];
  readonly documents: ReadonlyMap<string, DocumentContent>;
}

/** Types that the lab has no use for: it has no users, no KMS, and one identity provider. */
const ignored = ['AWS::IAM::OIDCProvider', 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::S3::BucketPolicy'];

/** @throws Error that names what the lab does not know in the template, or cannot resolve */
export function loadStack(template: string, options: TemplateOptions): Stack {
  const roles: Role[] = [];
  const buckets: BucketSettings[] = [];
  const documents = new Map<string, DocumentContent>();
  for (const resource of new Template(template, options).resources()) {
    const { type, properties } = resource;
    switch (type) {
      case 'AWS::IAM::Role':
        roles.push(roleOf(resource));
        break;
      case 'AWS::S3::Bucket':
        buckets.push(bucketOf(resource));
        break;
      case 'AWS::SSM::Document':
        checkPatterns(properties.Name, properties.Content);
        checkSize(properties.Name, properties.Content);
        documents.set(properties.Name, properties.Content);
        break;
      default:
        if (!ignored.includes(type))
          throw new Error(`the lab does not know resources of type ${type} (${resource.logicalId})`);
    }
  }
  return { roles, buckets, documents };
}

interface InlinePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

function roleOf({ logicalId, arn, properties }: Resource): Role {
  return {
    logicalId,
    name: properties.RoleName,
    arn,
    maxSessionSeconds: Number(properties.MaxSessionDuration ?? 3600),
    trust: properties.AssumeRolePolicyDocument.Statement,
    policies: properties.Policies.map(
      ({ PolicyName, PolicyDocument }: InlinePolicy): Policy => ({
        name: PolicyName,
        statements: PolicyDocument.Statement,
      }),
    ),
  };
}

function bucketOf({ properties }: Resource): BucketSettings {
  const rules = properties.LifecycleConfiguration?.Rules ?? [];
  return {
    name: properties.BucketName,
    versioned: properties.VersioningConfiguration?.Status === 'Enabled',
    // biome-ignore lint/suspicious/noExplicitAny: a property of the template.
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
