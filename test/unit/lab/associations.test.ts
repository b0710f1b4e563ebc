import { expect, test } from '@jest/globals';
import { type AssociationRequest, Associations } from '../../../lab/services/aws/ssm/associations.ts';
import { vssCall } from '../../../lab/services/aws/ssm/documents/vss.ts';
import { manualClock } from '../../../lab/services/clock/clock.ts';

function start() {
  const clock = manualClock();
  const ran: string[] = [];
  const associations = new Associations(clock, (region, request) => void ran.push(`${region} ${request.Name}`));
  const request = (seconds: number, more: Partial<AssociationRequest> = {}): AssociationRequest => ({
    Name: 'HoldfastHook-flush',
    AssociationName: 'holdfast-lease-i-1',
    Targets: [{ Key: 'InstanceIds', Values: ['i-1'] }],
    ScheduleExpression: `at(${new Date(clock.now().getTime() + seconds * 1000).toISOString().slice(0, 19)})`,
    ApplyOnlyAtCronInterval: true,
    ...more,
  });
  const idOf = (made: ReturnType<Associations['create']>): string => made.AssociationDescription.AssociationId;
  return { clock, ran, associations, request, idOf };
}

test('an association runs once, at its time, and stays listed', () => {
  const { clock, ran, associations, request, idOf } = start();
  const id = idOf(associations.create('us-east-1', request(60)));
  clock.advance(58_000);
  expect(ran).toEqual([]);
  clock.advance(600_000);
  expect(ran).toEqual(['us-east-1 HoldfastHook-flush']);
  const filter = { AssociationFilterList: [{ key: 'AssociationName', value: 'holdfast-lease-i-1' }] };
  expect(associations.list('us-east-1', filter).Associations.map((one) => one.AssociationId)).toEqual([id]);
  expect(associations.list('eu-west-1', filter).Associations).toEqual([]);
});

test('one that was deleted never runs; deleting it twice is refused', () => {
  const { clock, ran, associations, request, idOf } = start();
  const id = idOf(associations.create('us-east-1', request(60)));
  expect(() => associations.delete('eu-west-1', id)).toThrow('does not exist');
  associations.delete('us-east-1', id);
  clock.advance(600_000);
  expect(ran).toEqual([]);
  expect(() => associations.delete('us-east-1', id)).toThrow('does not exist');
});

test('without ApplyOnlyAtCronInterval it runs at once as well', () => {
  const { ran, associations, request } = start();
  associations.create('us-east-1', request(60, { ApplyOnlyAtCronInterval: false }));
  expect(ran).toHaveLength(1);
});

test.each(['cron(0 0 * * ? *)', 'rate(30 minutes)', 'at(soon)', undefined])('the schedule %s is refused', (text) => {
  const { associations, request } = start();
  const given = { ...request(60), ...(text === undefined ? { ScheduleExpression: '' } : { ScheduleExpression: text }) };
  expect(() => associations.create('us-east-1', given)).toThrow('schedule expression');
});

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
