import { expect, test } from '@jest/globals';
import { vssCall } from '../../../lab/services/aws/ssm/documents/vss.ts';

test('the stand-in for VSS makes the call that the document makes on the instance', () => {
  const call = { region: 'eu-west-1', identity: { arn: 'a', account: '1', role: undefined }, requestId: 'r' };
  const values = {
    ExcludeBootVolume: ['True'],
    description: ['win'],
    tags: ['Key=Type,Value=Automated;Key=Empty,Value='],
  };
  expect(vssCall(call, 'i-1', values).parameters).toEqual({
    InstanceSpecification: { InstanceId: 'i-1', ExcludeBootVolume: 'true' },
    Description: 'win',
    TagSpecification: [
      {
        ResourceType: 'snapshot',
        Tag: [
          { Key: 'Type', Value: 'Automated' },
          { Key: 'Empty', Value: '' },
          { Key: 'AppConsistent', Value: 'True' },
        ],
      },
    ],
  });
  expect(() => vssCall(call, 'i-1', { tags: ['Type=Automated'] })).toThrow('is not Key=');
});
