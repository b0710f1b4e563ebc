import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { faultRules } from '../../../lab/services/http/faults.ts';
import { type DatadogLab, startDatadog } from '../../../lab/services/notify/datadog.ts';
import { type SlackLab, startSlack } from '../../../lab/services/notify/slack.ts';
import { memoryLog } from './support-github.ts';

let datadog: DatadogLab;
let slack: SlackLab;
const faults = faultRules();

beforeEach(async () => {
  faults.clear();
  datadog = await startDatadog({ log: memoryLog(), faults, apiKey: 'key' });
  slack = await startSlack({ log: memoryLog(), faults });
});
afterEach(async () => {
  await datadog.stop();
  await slack.stop();
});

async function series(body: unknown, key = 'key'): Promise<number> {
  const headers = { 'DD-API-KEY': key, 'content-type': 'application/json' };
  return (await fetch(`${datadog.url}/api/v2/series`, { method: 'POST', headers, body: JSON.stringify(body) })).status;
}

test('Datadog accepts a gauge, and refuses a wrong key and points that are malformed or old', async () => {
  const now = Math.floor(Date.now() / 1000);
  const gauge = {
    metric: 'infobright_backup_valid',
    type: 3,
    tags: ['source:ib01'],
    points: [{ timestamp: now, value: 1 }],
  };
  expect(await series({ series: [gauge] })).toBe(202);
  expect(await series({ series: [gauge] }, 'wrong')).toBe(403);
  expect(await series({ series: [{ ...gauge, points: [{ timestamp: now - 7200, value: 1 }] }] })).toBe(400);
  expect(await series({ series: [{ ...gauge, points: [{ timestamp: now, value: '1' }] }] })).toBe(400);
  expect(await series({})).toBe(400);
  expect(datadog.series).toEqual([gauge]);
});

async function post(body: unknown, url = slack.webhookUrl): Promise<[number, string]> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  return [answer.status, await answer.text()];
}

test('Slack accepts a message within its limits, and refuses any other', async () => {
  const section = (length: number) => ({ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(length) } });
  expect(await post({ text: 'hi', blocks: [section(3000)] })).toEqual([200, 'ok']);
  expect(await post({ text: 'hi', blocks: [section(3001)] })).toEqual([400, 'invalid_blocks']);
  expect(await post({ text: 'hi', blocks: Array(51).fill({ type: 'divider' }) })).toEqual([400, 'invalid_blocks']);
  expect(await post({ blocks: [] })).toEqual([400, 'no_text']);
  expect(await post({ text: 'hi' }, `${slack.url}/services/other`)).toEqual([404, 'no_service']);
  faults.add({ name: 'busy', endpoint: 'slack', operation: 'PostMessage', effect: { kind: 'throttle' } });
  expect(await post({ text: 'hi' })).toEqual([429, 'rate_limited']);
  expect(slack.messages).toHaveLength(1);
});
