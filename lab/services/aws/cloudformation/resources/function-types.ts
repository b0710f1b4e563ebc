/**
 * A function with what starts it, and a topic. Which changes replace them: AWS resource reference, AWS::SNS::*, AWS::Lambda::*,
 * AWS::Events::Rule, AWS::Logs::LogGroup, AWS::CloudWatch::Alarm.
 */
import { LabAwsError } from '../../protocol/service.ts';
import type { Resource } from '../template.ts';
import type { Holdings, ResourceType } from './resource-type.ts';

/** Of resources whose update is the same as making them anew. */
function kept(
  type: Pick<ResourceType, 'replacing' | 'nameProperty' | 'createAction' | 'remove'> & {
    readonly put: (resource: Resource, holdings: Holdings) => void;
  },
): ResourceType {
  const { put, ...rest } = type;
  return { ...rest, create: put, update: put };
}

export const topic: ResourceType = kept({
  replacing: ['TopicName', 'FifoTopic'],
  nameProperty: 'TopicName',
  createAction: 'sns:CreateTopic',
  put: ({ physicalId }, { topics }) => void topics.arns.add(physicalId),
  remove: ({ physicalId }, { topics }) => void topics.arns.delete(physicalId),
});

export const subscription: ResourceType = kept({
  replacing: ['TopicArn', 'Protocol', 'Endpoint'],
  createAction: 'sns:Subscribe',
  put: ({ physicalId, properties }, { topics }) =>
    void topics.subscriptions.set(physicalId, {
      topicArn: properties.TopicArn,
      protocol: properties.Protocol,
      endpoint: properties.Endpoint,
    }),
  remove: ({ physicalId }, { topics }) => void topics.subscriptions.delete(physicalId),
});

/** Characters of inline code (CloudFormation template reference, AWS::Lambda::Function Code, ZipFile: 4 MB). */
const longestCode = 4 * 1024 * 1024;

export const lambdaFunction: ResourceType = kept({
  replacing: ['FunctionName', 'PackageType'],
  nameProperty: 'FunctionName',
  createAction: 'lambda:CreateFunction',
  put: ({ physicalId, arn, properties }, { functions }) => {
    const code = String(properties.Code?.ZipFile ?? '');
    if (code === '' || code.length > longestCode)
      throw new LabAwsError('InvalidParameterValueException', 'Code must be inline, and at most 4 MB');
    functions.functions.set(physicalId, {
      name: physicalId,
      arn,
      roleArn: properties.Role,
      runtime: properties.Runtime,
      handler: properties.Handler,
      code,
      memoryMiB: Number(properties.MemorySize ?? 128),
      timeoutSeconds: Number(properties.Timeout ?? 3),
      variables: Object.fromEntries(
        Object.entries(properties.Environment?.Variables ?? {}).map(([name, value]) => [name, String(value)]),
      ),
    });
  },
  remove: ({ physicalId }, { functions }) => void functions.functions.delete(physicalId),
});

export const permission: ResourceType = kept({
  replacing: ['Action', 'FunctionName', 'Principal', 'SourceArn'],
  createAction: 'lambda:AddPermission',
  put: ({ physicalId, properties }, { functions }) =>
    void functions.permissions.set(physicalId, {
      functionName: properties.FunctionName,
      action: properties.Action,
      principal: properties.Principal,
      sourceArn: properties.SourceArn,
    }),
  remove: ({ physicalId }, { functions }) => void functions.permissions.delete(physicalId),
});

export const rule: ResourceType = kept({
  replacing: ['Name', 'EventBusName'],
  nameProperty: 'Name',
  createAction: 'events:PutRule',
  put: ({ physicalId, arn, properties }, { functions }) =>
    void functions.rules.set(physicalId, {
      name: physicalId,
      arn,
      schedule: properties.ScheduleExpression,
      targets: (properties.Targets ?? []).map((one: { readonly Arn: string }) => one.Arn),
    }),
  remove: ({ physicalId }, { functions }) => void functions.rules.delete(physicalId),
});

export const logGroup: ResourceType = kept({
  replacing: ['LogGroupName'],
  nameProperty: 'LogGroupName',
  createAction: 'logs:CreateLogGroup',
  put: ({ physicalId, arn }, { functions }) => void functions.logGroups.set(physicalId, arn),
  remove: ({ physicalId }, { functions }) => void functions.logGroups.delete(physicalId),
});

/** The lab measures nothing, so that nothing sets it off. */
export const alarm: ResourceType = kept({
  replacing: ['AlarmName'],
  nameProperty: 'AlarmName',
  createAction: 'cloudwatch:PutMetricAlarm',
  put: () => {},
  remove: () => {},
});
