/**
 * A stand-in for AWS's document that makes snapshots inside Windows' own freeze: there is no Windows in the lab. It makes
 * the snapshots as the real one does from within the instance, by EC2's own call.
 */
import { type AwsCall, LabAwsError } from '../protocol/service.ts';
import type { DocumentContent } from './documents.ts';

export const vssDocument = 'AWSEC2-CreateVssSnapshot';

export const vssContent: DocumentContent = {
  schemaVersion: '2.2',
  parameters: {
    ExcludeBootVolume: { type: 'String', default: 'False', allowedValues: ['True', 'False'] },
    description: { type: 'String', default: '' },
    tags: { type: 'String', default: 'Key=Name,Value=' },
  },
  mainSteps: [{ action: 'aws:runPowerShellScript', name: 'runPowerShellScript', inputs: {} }],
};

/** The CreateSnapshots call that the document makes on the instance. */
export function vssCall(
  call: Pick<AwsCall, 'region' | 'identity' | 'requestId'>,
  instanceId: string,
  values: Readonly<Record<string, readonly string[]>>,
): AwsCall {
  const tags = (values.tags?.[0] ?? '').split(';').flatMap((pair) => {
    const [, key, value] = /^Key=([^,]+),Value=(.*)$/.exec(pair) ?? [];
    if (key === undefined) throw new LabAwsError('InvalidParameters', `The tag ${pair} is not Key=…,Value=…`);
    return [{ Key: key, Value: value ?? '' }];
  });
  return {
    ...call,
    service: 'ec2',
    operation: 'CreateSnapshots',
    parameters: {
      InstanceSpecification: {
        InstanceId: instanceId,
        ExcludeBootVolume: values.ExcludeBootVolume?.[0] === 'True' ? 'true' : 'false',
      },
      Description: values.description?.[0] ?? '',
      TagSpecification: [{ ResourceType: 'snapshot', Tag: [...tags, { Key: 'AppConsistent', Value: 'True' }] }],
    },
  };
}
