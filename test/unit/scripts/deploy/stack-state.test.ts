import { StackStatus } from '@aws-sdk/client-cloudformation';
import { expect, test } from '@jest/globals';
import { nextStep } from '../../../../scripts/deploy/stack-state.ts';

test('of all states of a stack three let it be deleted, one of them without somebody who says yes', () => {
  const all = Object.values(StackStatus).map((status) => [status, nextStep(status, 'holdfast')] as const);
  expect(all.flatMap(([status, next]) => (next.step === 'delete' ? [[status, next.asked]] : [])).sort()).toEqual([
    ['DELETE_FAILED', true],
    ['ROLLBACK_COMPLETE', false],
    ['ROLLBACK_FAILED', true],
  ]);
  expect(all.flatMap(([status, next]) => (next.step === 'update' ? [status] : [])).sort()).toEqual([
    'CREATE_COMPLETE',
    'IMPORT_COMPLETE',
    'IMPORT_ROLLBACK_COMPLETE',
    'UPDATE_COMPLETE',
    'UPDATE_ROLLBACK_COMPLETE',
  ]);
});

test.each([
  ['UPDATE_FAILED', 'aws cloudformation rollback-stack --stack-name holdfast'],
  ['CREATE_FAILED', 'aws cloudformation rollback-stack --stack-name holdfast'],
  ['UPDATE_ROLLBACK_FAILED', 'aws cloudformation continue-update-rollback --stack-name holdfast'],
  ['IMPORT_ROLLBACK_FAILED', 'aws cloudformation describe-stack-events --stack-name holdfast'],
  ['DELETE_COMPLETE', 'describe-stack-events'],
  ['UPDATE_IN_PROGRESS', 'Wait until that has ended'],
])('%s is refused with what to do', (status, words) => {
  expect(nextStep(status, 'holdfast')).toMatchObject({ step: 'refuse', why: expect.stringContaining(words) });
});
