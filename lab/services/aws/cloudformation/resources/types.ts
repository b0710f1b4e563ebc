/** The types of resources that the lab knows. */
import { LabAwsError } from '../../protocol/service.ts';
import { checkPatterns, checkSize } from '../../ssm/documents/document.ts';
import { bucketOf } from './bucket.ts';
import { alarm, lambdaFunction, logGroup, permission, rule, subscription, topic } from './function-types.ts';
import { inlinePolicy, managedPolicy, provider, role, user } from './identity-types.ts';
import type { ResourceType } from './resource-type.ts';

const bucket: ResourceType = {
  replacing: ['BucketName'],
  nameProperty: 'BucketName',
  createAction: 's3:CreateBucket',
  exists: ({ physicalId }, { buckets }) => buckets.has(physicalId),
  create: (resource, { buckets }, region) => buckets.create(bucketOf(resource), region),
  update: (resource, { buckets }) => buckets.update(bucketOf(resource)),
  remove: ({ physicalId }, { buckets }) => buckets.remove(physicalId),
};

const bucketPolicy: ResourceType = {
  replacing: ['Bucket'],
  createAction: 's3:PutBucketPolicy',
  create: ({ properties }, { buckets }) => buckets.setPolicy(properties.Bucket, properties.PolicyDocument),
  update: ({ properties }, { buckets }) => buckets.setPolicy(properties.Bucket, properties.PolicyDocument),
  remove: ({ properties }, { buckets }) => buckets.setPolicy(properties.Bucket, undefined),
};

/** With `UpdateMethod: NewVersion`, a changed content is a new version under the same name. */
const document: ResourceType = {
  replacing: ['Name', 'DocumentType', 'DocumentFormat'],
  nameProperty: 'Name',
  createAction: 'ssm:CreateDocument',
  exists: ({ physicalId }, { documents }, region) => documents.has(region, physicalId),
  create: ({ physicalId, properties }, { documents }, region) => {
    checkPatterns(physicalId, properties.Content);
    checkSize(physicalId, properties.Content);
    documents.create(region, physicalId, properties.Content);
  },
  update: ({ physicalId, properties }, { documents }, region) => {
    checkPatterns(physicalId, properties.Content);
    checkSize(physicalId, properties.Content);
    documents.update(region, physicalId, properties.Content);
  },
  remove: ({ physicalId }, { documents }, region) => documents.remove(region, physicalId),
};

/** Nothing in the lab asks for it: it is in the stack and has no effect. */
const withoutEffect: ResourceType = { replacing: [], create: () => {}, update: () => {}, remove: () => {} };

const types: Readonly<Record<string, ResourceType>> = {
  'AWS::IAM::OIDCProvider': provider,
  'AWS::IAM::Role': role,
  'AWS::IAM::User': user,
  'AWS::IAM::Policy': inlinePolicy,
  'AWS::IAM::ManagedPolicy': managedPolicy,
  'AWS::S3::Bucket': bucket,
  'AWS::S3::BucketPolicy': bucketPolicy,
  'AWS::SSM::Document': document,
  'AWS::Rbin::Rule': withoutEffect,
  'AWS::SNS::Topic': topic,
  'AWS::SNS::Subscription': subscription,
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Lambda::Permission': permission,
  'AWS::Events::Rule': rule,
  'AWS::Logs::LogGroup': logGroup,
  'AWS::CloudWatch::Alarm': alarm,
};

/** @throws LabAwsError for a type that the lab does not know */
export function typeOf(name: string): ResourceType {
  const type = types[name];
  if (type) return type;
  throw new LabAwsError('ValidationError', `Template format error: Unrecognized resource types: [${name}]`);
}
