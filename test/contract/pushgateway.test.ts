/** What a Pushgateway is sent. Its form of requests is that of its README ("API", "URL"). */
import { afterEach, expect, test } from '@jest/globals';
import { groupingPath, pushMetrics } from '../../src/adapters/notify/pushgateway.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { serve, type TestServer } from './http-server.ts';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const authorization = 'Basic c2VjcmV0OnNlY3JldA==';

test('metrics replace those of the same repository, with the type of their format', async () => {
  server = await serve(() => ({ status: 200 }));
  const options = { url: `${server.url}/prefix/`, authorization, clock: systemClock };
  expect(await pushMetrics(options, { repository: 'acme/backups' }, 'a 1\n')).toEqual({ sent: true });
  expect(server.asked[0]).toMatchObject({
    method: 'PUT',
    path: '/prefix/metrics/job/holdfast/repository@base64/YWNtZS9iYWNrdXBz',
    body: 'a 1\n',
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', authorization },
  });
});

test('a refusal is told with its reason and without the secret', async () => {
  server = await serve(() => ({ status: 400, body: `pushed metrics are invalid: ${authorization}` }));
  const options = { url: server.url, authorization, clock: systemClock };
  expect(await pushMetrics(options, {}, 'a 1\n')).toEqual({
    sent: false,
    status: 400,
    reason: 'status 400: pushed metrics are invalid: ***',
  });
});

test('an empty label has the value that the Pushgateway reads as empty', () => {
  expect(groupingPath('a/b', { x: '', y: 'é' })).toBe('/metrics/job/a%2Fb/x@base64/=/y@base64/w6k');
});
