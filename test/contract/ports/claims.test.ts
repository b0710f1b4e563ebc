import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { releaseSaved, SavedClaims } from '../../../src/actions/ebs-rotate/saved-claims.ts';
import { SsmClaims } from '../../../src/adapters/aws/claims.ts';
import { type Claim, claimName, unreadable } from '../../../src/ports/claims.ts';
import { fakeRun } from '../../fakes/context.ts';
import { claimsSuite } from './claims.ts';
import { type Services, startServices } from './services.ts';

const never = new AbortController().signal;

claimsSuite('SSM', async () => {
  const { session, stop } = await startServices();
  return { claims: new SsmClaims(session, never), stop };
});

const slot = '2026-11-21';
const run = fakeRun(7);
const claim: Claim = { run: run.key, attempt: run.attempt, until: new Date('2100-01-01T00:00:00.000Z') };

let services: Services;
beforeEach(async () => {
  services = await startServices();
});
afterEach(() => services.stop());

const put = (number: number | string, Value: string) =>
  services.session.ssm.send(
    new PutParameterCommand({ Name: `/holdfast/rotation/${slot}/${number}`, Type: 'String', Value }),
  );

test('what nobody of ours wrote is in the way, and is no claim', async () => {
  const values = [
    '{"until":"soon"}',
    'reserved',
    'null',
    '{"run":"a","attempt":1,"until":"soon"}',
    '{"run":7,"attempt":1,"until":"2026-11-21T03:00:00.000Z"}',
  ];
  for (const [index, value] of values.entries()) await put(index + 1, value);
  await put('notes', 'ask Anna');
  const listed = await new SsmClaims(services.session, never).list(slot);
  expect([...listed].sort()).toEqual(values.map((_value, index) => [index + 1, unreadable]));
  expect(await new SsmClaims(services.session, never).make(slot, 1, claim)).toBe(false);
});

test('a run that is cancelled gives its claim up, in the action or in its post step', async () => {
  const controller = new AbortController();
  let saved = '';
  const claims = new SavedClaims(new SsmClaims(services.session, controller.signal), (text) => (saved = text));
  await claims.make(slot, 1, claim);
  await claims.make(slot, 2, claim);
  const second = saved;
  expect(JSON.parse(second)).toEqual({ slot, number: 2, ends: [claim.until.getTime()] });
  controller.abort(new Error('cancelled'));
  await expect(claims.renew(slot, 1, claim)).rejects.toThrow('cancelled');
  const ended = { ...claim, until: new Date('2026-11-21T02:00:00.000Z') };
  await claims.release(slot, 1, ended);
  const clock = { now: () => ended.until, sleep: async () => {} };
  const post = new SsmClaims(services.session, never);
  expect(await releaseSaved(second, post, { run, clock })).toBe(slot);
  expect([...(await post.list(slot))]).toEqual([
    [1, ended],
    [2, ended],
  ]);
  expect(claimName(slot, 2)).toBe('/holdfast/rotation/2026-11-21/2');
});
