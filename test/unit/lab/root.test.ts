import { expect, test } from '@jest/globals';
import { handedOn } from '../../../lab/hosts/root.ts';

test('sudo hands on every variable of Holdfast that is set, CI and NO_COLOR, and nothing else', () => {
  const environment = {
    HOLDFAST_WILD_DUMPS: '/dumps',
    HOLDFAST_ACT_WORKFLOW: 'shells.yml',
    HOLDFAST_TEST_MONGODB_URL: '',
    HOLDFAST_SEED: undefined,
    ...{ CI: 'true', NO_COLOR: '1', PATH: '/bin', AWS_SECRET_ACCESS_KEY: 'x', MY_HOLDFAST_X: 'x', HOLDFAST: 'x' },
  };
  expect(handedOn(environment)).toEqual([
    'CI',
    'HOLDFAST_ACT_WORKFLOW',
    'HOLDFAST_TEST_MONGODB_URL',
    'HOLDFAST_WILD_DUMPS',
    'NO_COLOR',
  ]);
});
