import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../../src/runtime/clock.ts';
import { parseHistory } from '../../../../src/watch/page/model/history.ts';
import { historyKey, makeStatus, pageKey, type StatusRequest } from '../../../../src/watch/status/status.ts';
import { FakeObjects } from '../../../fakes/objects.ts';
import { backup, input } from '../page/samples.ts';

const bucket = 'acme-receipts';
const { signal } = new AbortController();

function request(day: number, more: Partial<StatusRequest> = {}): StatusRequest {
  const now = new Date(Date.UTC(2026, 10, day, 12));
  const newest = backup(new Date(Date.UTC(2026, 10, day, 2, 5)).toISOString());
  const inventory = { backups: [newest], unread: [] };
  const watched = { repositories: [], inventory, problems: [], now, settings: input().settings };
  return { watched, receiptBucket: bucket, remember: true, publish: false, ...more };
}

const proven = (html: string): number => Number(/a day in each cell: (\d+) proven/.exec(html)?.[1]);

describe('the status page', () => {
  test('knows the days of earlier pages, whose backups are gone', async () => {
    const objects = new FakeObjects(systemClock);
    const pages = [];
    for (const day of [20, 21, 22]) pages.push(await makeStatus(request(day), objects, { signal }));
    expect(pages.map(({ html }) => proven(html))).toEqual([1, 2, 3]);
    expect(pages.flatMap(({ warnings }) => warnings)).toEqual([]);
    expect(parseHistory(await objects.text({ bucket, key: historyKey }))?.recordedAt).toBe('2026-11-22T12:00:00.000Z');
  });

  test('writes nothing unless it is asked to', async () => {
    const objects = new FakeObjects(systemClock);
    const { html } = await makeStatus(request(20, { remember: false }), objects, { signal });
    expect(await objects.list(bucket, '')).toEqual([]);
    await makeStatus(request(20, { remember: false, publish: true }), objects, { signal });
    expect((await objects.list(bucket, '')).map(({ key }) => key)).toEqual([pageKey]);
    expect(await objects.text({ bucket, key: pageKey })).toBe(html);
  });

  test('is made all the same when the history cannot be read, which is then not written over', async () => {
    const objects = new FakeObjects(systemClock);
    const place = { bucket, key: historyKey };
    await objects.put(
      { ...place, contentType: 'application/json', tags: {}, metadata: {} },
      '{"format":"holdfast-history/9"}',
    );
    const { html, warnings } = await makeStatus(request(20), objects, { signal });
    expect(proven(html)).toBe(1);
    expect(warnings).toEqual([
      'the status page: watch/history.json could not be read: it is no history; delete it to begin anew',
    ]);
    expect(await objects.text(place)).toBe('{"format":"holdfast-history/9"}');
  });

  test('gives way to another one that wrote the history meanwhile', async () => {
    const objects = new FakeObjects(systemClock);
    await makeStatus(request(20), objects, { signal });
    const slow = new FakeObjects(systemClock);
    Object.assign(slow, {
      document: objects.document.bind(objects),
      put: async (...given: Parameters<FakeObjects['put']>) => {
        await makeStatus(request(22), objects, { signal });
        return objects.put(...given);
      },
    });
    const { warnings } = await makeStatus(request(21), slow, { signal });
    expect(warnings).toEqual([expect.stringContaining('watch/history.json could not be written')]);
    expect(parseHistory(await objects.text({ bucket, key: historyKey }))?.recordedAt).toBe('2026-11-22T12:00:00.000Z');
  });
});
