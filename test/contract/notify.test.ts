import { afterEach, describe, expect, test } from '@jest/globals';
import { sendSeries } from '../../src/adapters/notify/datadog.ts';
import { sendSlack } from '../../src/adapters/notify/slack.ts';
import type { Series } from '../../src/report/render/datadog.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { type Answer, type Asked, serve, type TestServer } from './http-server.ts';

/** Time that passes only by sleeping. */
function fakeClock(): Clock & { slept: number[] } {
  let now = Date.parse('2026-11-20T00:00:00Z');
  const slept: number[] = [];
  return {
    slept,
    now: () => new Date(now),
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
}

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function answering(...answers: (Answer | undefined)[]): Promise<TestServer> {
  let next = 0;
  server = await serve(() => answers[Math.min(next++, answers.length - 1)]);
  return server;
}

const message = { text: 'hello', blocks: [] };
const hook = '/services/T000/B000/verysecret';

describe('Slack', () => {
  const send = (at: TestServer, clock = fakeClock(), deadlineSeconds = 30) =>
    sendSlack({ webhookUrl: at.url + hook, clock, deadlineSeconds }, message);

  test('posts the message as JSON', async () => {
    const at = await answering({ status: 200, body: 'ok' });
    expect(await send(at)).toEqual({ sent: true });
    expect(at.asked).toHaveLength(1);
    expect(at.asked[0]).toMatchObject({ method: 'POST', path: hook });
    expect(JSON.parse(at.asked[0]?.body ?? '')).toEqual(message);
  });

  test('waits as long as Slack asks', async () => {
    const at = await answering({ status: 429, headers: { 'retry-after': '7' } }, { status: 200, body: 'ok' });
    const clock = fakeClock();
    expect(await send(at, clock)).toEqual({ sent: true });
    expect(clock.slept).toEqual([7000]);
  });

  test('does not wait beyond the deadline', async () => {
    const at = await answering({ status: 429, headers: { 'retry-after': '60' } });
    const clock = fakeClock();
    expect(await send(at, clock)).toMatchObject({ sent: false, status: 429 });
    expect(clock.slept).toEqual([]);
  });

  test('a refused message is not retried, and the error shows neither URL nor path', async () => {
    const at = await answering({ status: 400, body: `invalid_blocks at ${hook}` });
    const delivery = await send(at);
    expect(delivery).toEqual({ sent: false, status: 400, reason: 'status 400: invalid_blocks at ***' });
    expect(at.asked).toHaveLength(1);
  });

  test('a 5xx and a dropped connection are tried again', async () => {
    const at = await answering({ status: 503 }, { status: 0, drop: true }, { status: 200, body: 'ok' });
    expect(await send(at)).toEqual({ sent: true });
    expect(at.asked).toHaveLength(3);
  });

  test('a server that is gone is given up within the deadline', async () => {
    const at = await answering({ status: 200 });
    await at.close();
    const clock = fakeClock();
    const delivery = await send(at, clock, 10);
    expect(delivery).toEqual({ sent: false, reason: 'ECONNREFUSED' });
    expect(clock.slept).toEqual([1000, 2000, 4000]);
  });

  test('a redirect is not followed', async () => {
    const at = await answering({ status: 302, headers: { location: '/elsewhere' } });
    expect(await send(at)).toMatchObject({ sent: false, status: 302 });
    expect(at.asked.map((asked) => asked.path)).toEqual([hook]);
  });

  test.each(['http://hooks.example/secret', 'not a url', 'file:///etc/passwd'])('%s is refused', async (webhookUrl) => {
    const delivery = await sendSlack({ webhookUrl, clock: fakeClock() }, message);
    expect(delivery).toMatchObject({ sent: false });
    expect(JSON.stringify(delivery)).not.toContain('secret');
  });
});

describe('Datadog', () => {
  const series: Series[] = [
    { metric: 'infobright_backup_valid', type: 3, points: [{ timestamp: 1, value: 1 }], tags: ['source:a'] },
  ];
  const send = (at: TestServer, more: { site?: string; list?: Series[] } = {}) =>
    sendSeries(
      {
        apiKey: 'dd-secret',
        site: more.site ?? 'datadoghq.com',
        clock: fakeClock(),
        baseUrl: `${at.url}/`,
        deadlineSeconds: 5,
      },
      more.list ?? series,
    );

  test('posts the series with the key, and wants 202', async () => {
    const at = await answering({ status: 202, body: { errors: [] } });
    expect(await send(at)).toEqual({ sent: true });
    const asked = at.asked[0] as Asked;
    expect(asked).toMatchObject({ method: 'POST', path: '/api/v2/series' });
    expect(asked.headers['dd-api-key']).toBe('dd-secret');
    expect(JSON.parse(asked.body)).toEqual({ series });
  });

  test('200 is not 202', async () => {
    expect(await send(await answering({ status: 200 }))).toMatchObject({ sent: false, status: 200 });
  });

  test('a refused key names the status and the site, never the key', async () => {
    const at = await answering({ status: 403, body: 'Forbidden: dd-secret' });
    const delivery = await send(at);
    expect(delivery).toMatchObject({ sent: false, status: 403 });
    expect(JSON.stringify(delivery)).toContain('datadoghq.com');
    expect(JSON.stringify(delivery)).not.toContain('dd-secret');
  });

  test('an unknown site is refused before anything is sent', async () => {
    const at = await answering({ status: 202 });
    expect(await send(at, { site: 'evil.example' })).toMatchObject({ sent: false });
    expect(at.asked).toHaveLength(0);
  });

  test('nothing to say, nothing sent', async () => {
    const at = await answering({ status: 202 });
    expect(await send(at, { list: [] })).toEqual({ sent: true });
    expect(at.asked).toHaveLength(0);
  });
});
