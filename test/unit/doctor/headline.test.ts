/** The doctor's headline: "in order" only where nothing that matters is unseen. */
import { expect, test } from '@jest/globals';
import { examine } from '../../../src/doctor/examine.ts';
import type { Inventory } from '../../../src/doctor/inventory.ts';
import { unread } from '../../../src/doctor/reading.ts';
import { doctorHeadline } from '../../../src/report/render/doctor-text.ts';
import { region, sound, source, verification } from './sound.ts';

const headline = (inventory: Inventory): string => doctorHeadline({ examination: examine(inventory) });
const reason = unread('nobody may look');
const withInstances = (...instances: readonly (typeof source)[]): Inventory => ({
  ...sound,
  regions: [{ ...region, instances: { value: instances } }],
});

test('of a sound installation is "in order"', () => {
  expect(headline(sound)).toMatch(/^The installation is in order: 0 warnings, \d+ ok$/);
});

test('a verification host that is stopped is as it should be', () => {
  const hosts = [{ subject: 'tools of ib02', problems: unread('the instance is stopped'), has: '', expected: true }];
  const inventory = { ...withInstances(source, { ...verification, state: 'stopped' }), hosts };
  expect(headline(inventory)).toMatch(/^The installation is in order: 0 warnings, \d+ ok, 2 not checked, as expected$/);
});

test.each<[string, Inventory]>([
  ['a source that is stopped', withInstances({ ...source, state: 'stopped' }, verification)],
  ['a verification host that is neither up nor down', withInstances(source, { ...verification, state: 'stopping' })],
  ['the stack', { ...sound, stack: reason }],
  ['the variables', { ...sound, configuration: { ...sound.configuration, variables: reason } }],
  ['the tools of a host', { ...sound, hosts: [{ subject: 'tools of ib01', problems: reason, has: '' }] }],
])('%s unseen: only "as far as could be seen"', (_what, inventory) => {
  expect(headline(inventory)).toMatch(/^As far as could be seen, nothing is broken: \d+ not checked/);
});

test('whoever has no credentials at a terminal has an installation that is broken, and no other word for it', () => {
  const identity = { ...sound.identity, caller: unread('GetCallerIdentity: no credentials') };
  expect(headline({ ...sound, identity })).toMatch(/^The installation is broken: 1 failed/);
  expect(examine({ ...sound, identity })[0]).toMatchObject({
    status: 'failed',
    is: 'nothing of AWS could be seen: GetCallerIdentity: no credentials',
    fix: expect.stringContaining('aws sts get-caller-identity'),
  });
});
