/**
 * AWSEC2-CreateVssSnapshot, the document that creates snapshots of a Windows instance while its writers are frozen. The
 * lab has no Windows: it makes the call to EC2 that the document makes from within the instance.
 */
import { type AwsCall, LabAwsError } from '../../protocol/service.ts';
import type { DocumentContent, Values } from './document.ts';

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

/** The call to CreateSnapshots. @throws LabAwsError for tags that are not `Key=…,Value=…;…` */
export function vssCall(
  call: Pick<AwsCall, 'region' | 'identity' | 'requestId'>,
  instanceId: string,
  values: Values,
): AwsCall {
  const tags = (values.tags?.[0] ?? '').split(';').map((pair) => {
    const [, key, value] = /^Key=([^,]+),Value=(.*)$/.exec(pair) ?? [];
    if (key === undefined) throw new LabAwsError('InvalidParameters', `The tag ${pair} is not Key=…,Value=…`);
    return { Key: key, Value: value ?? '' };
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
