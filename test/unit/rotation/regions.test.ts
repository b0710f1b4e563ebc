/** Which names are regions: in inputs, in tags, in descriptions of snapshots. */
import { expect, test } from '@jest/globals';
import { region } from '../../../src/actions/common/inputs.ts';
import { isOrdinaryRegion } from '../../../src/domain/patterns.ts';
import { describeSnapshot, readDescription } from '../../../src/rotation/plan/tags.ts';

// Each form of a name in the AWS SDK's partitions (@aws-sdk/core, util-endpoints, partitions.js).
const ordinary = ['us-east-1', 'ap-southeast-7', 'mx-central-1', 'il-central-1', 'ca-west-1', 'af-south-1'];
const others = [
  ...['cn-north-1', 'cn-northwest-1', 'us-gov-east-1', 'eusc-de-east-1', 'us-iso-east-1', 'us-isob-west-1'],
  ...['eu-isoe-west-1', 'us-isof-south-1'],
];

test.each([...ordinary, ...others, 'us-east-12'])('%s is a region, also at the end of a description', (name) => {
  expect(region.test(name)).toBe(true);
  const facts = { instanceId: 'i-0123456789abcdef0', volumeId: 'vol-0123456789abcdef0', device: '/dev/sdf' };
  expect(readDescription(describeSnapshot({ ...facts, name: 'web', region: name }))?.region).toBe(name);
});

test.each([
  'us-east-1a',
  'us-west-2-lax-1',
  'us-east',
  'us',
  'US-EAST-1',
  'us-east-1 ',
  'us-east-1\n',
  'us_east_1',
  '',
])('%j is none', (name) => expect(region.test(name)).toBe(false));

test('credentials of one partition are not tried in another', () => {
  expect(ordinary.filter(isOrdinaryRegion)).toEqual(ordinary);
  expect(others.filter(isOrdinaryRegion)).toEqual([]);
});
