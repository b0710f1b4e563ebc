/** In which order a look writes down and sends: what it leaves behind when a part of it fails. */
import { expect, test } from '@jest/globals';
import { promisesKey } from '../../../../src/domain/tags.ts';
import { AwsError } from '../../../../src/runtime/errors.ts';
import { renderPromises } from '../../../../src/watch/promises/promise.ts';
import { look } from '../../../../src/watch/stack/look.ts';
import { parseTold, toldKey } from '../../../../src/watch/stack/told.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { fakeContext, fakeRun } from '../../../fakes/context.ts';
import { FakeEc2Regions } from '../../../fakes/ec2-region.ts';
import { FakeNotices } from '../../../fakes/notices.ts';
import { FakeObjects } from '../../../fakes/objects.ts';
import { promised } from '../watchdog/given.ts';

const bucket = 'acme-receipts';
const settings = { region: 'us-east-1', account: '1', stack: 'holdfast', receiptBucket: bucket, silentDays: 2 };

/** @param puts called before each write of what was told, with its number */
async function world(puts: (count: number, objects: FakeObjects) => void = () => {}) {
  const clock = new FakeClock('2026-06-10T20:00:00Z');
  const objects = new FakeObjects(clock);
  const object = { bucket, contentType: 'application/json', tags: {}, metadata: {} };
  const text = renderPromises({ format: 'holdfast-promises/1', repositories: { 'acme/backups': [promised()] } });
  await objects.put({ ...object, key: promisesKey }, text);
  const put = objects.put.bind(objects);
  let count = 0;
  objects.put = async (...args) => {
    count += 1;
    puts(count, objects);
    return put(...args);
  };
  const notices = new FakeNotices();
  const ports = { objects, regions: new FakeEc2Regions(clock, ['us-east-1']), notices };
  const { logger, signal } = fakeContext(clock, fakeRun(0));
  return {
    notices,
    look: () => look(settings, ports, { clock, logger, signal }),
    told: async () => parseTold(await objects.text({ bucket, key: toldKey }))?.open ?? [],
  };
}

const refused = new AwsError({
  ...{ what: 'no', operation: 'PutObject', resource: toldKey, requestId: 'r', code: 'AccessDenied' },
  ...{ kind: 'denied', outcome: 'not-done' },
});

test('what is about to be sent is written down before: a mail that fails is sent by the next look', async () => {
  const { look: again, notices, told } = await world();
  const send = notices.send.bind(notices);
  notices.send = () => Promise.reject(new Error('no mail'));
  await expect(again()).rejects.toThrow('no mail');
  expect(await told()).toMatchObject([{ key: 'missing database-dump orders', unsure: true }]);
  notices.send = send;
  await again();
  await again();
  expect(notices.mails).toHaveLength(1);
  expect((await told()).map(({ unsure }) => unsure)).toEqual([undefined]);
});

test('a look that finds that another has written meanwhile sends nothing: the other does', async () => {
  const { look: again, notices } = await world((count, objects) => {
    const object = { bucket, key: toldKey, contentType: 'application/json', tags: {}, metadata: {} };
    if (count === 1) objects.add(object, Buffer.from('{"format":"holdfast-told/1","began":"","open":[]}'));
  });
  await expect(again()).rejects.toMatchObject({ code: 'PreconditionFailed' });
  expect(notices.mails).toEqual([]);
  await again();
  expect(notices.mails).toHaveLength(1);
});

test('a bucket that refuses to be written to silences no alarm, and the look fails', async () => {
  const { look: again, notices } = await world(() => {
    throw refused;
  });
  await expect(again()).rejects.toBe(refused);
  await expect(again()).rejects.toBe(refused);
  expect(notices.mails.map(({ subject }) => subject)).toEqual(Array(2).fill('Holdfast: Backup of orders is missing'));
});
