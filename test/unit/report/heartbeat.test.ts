import { describe, expect, test } from '@jest/globals';
import { reportInputs } from '../../../src/actions/common/inputs.ts';
import { type HeartbeatSignal, heartbeatRequest, heartbeatSignals } from '../../../src/report/heartbeat.ts';
import { Refused } from '../../../src/runtime/inputs.ts';

const run = {
  action: 'db-dump',
  source: 'Shop (prod)/orders_1',
  url: 'https://github.com/acme/backups/actions/runs/7',
  id: '9b6f4d1e-3f43-4d35-8a4f-0f0d6a8d9e11',
};
const body = `db-dump ${run.url}`;

/** Method and URL of each signal, and none where nothing is sent. */
const told = (given: string) =>
  Object.fromEntries(
    heartbeatSignals.map((signal: HeartbeatSignal) => {
      const request = heartbeatRequest(given, signal, run);
      return [signal, request && `${request.method} ${request.url}`];
    }),
  );

describe('one URL', () => {
  const rid = `rid=${run.id}`;

  test.each([
    ['as the service shows it', 'https://hc-ping.com/f00d', 'https://hc-ping.com/f00d', '?'],
    ['with a trailing slash', 'https://hc-ping.com/f00d//', 'https://hc-ping.com/f00d', '?'],
    ['a slug with a query', 'https://hc-ping.com/KEY/shop?create=1', 'https://hc-ping.com/KEY/shop', '?create=1&'],
    [
      'a server of your own, on a path',
      'http://checks.internal:8000/ping/f00d',
      'http://checks.internal:8000/ping/f00d',
      '?',
    ],
  ])('Healthchecks.io: %s', (_, given, base, query) => {
    expect(told(given)).toEqual({
      start: `POST ${base}/start${query}${rid}`,
      success: `POST ${base}${query}${rid}`,
      failure: `POST ${base}/fail${query}${rid}`,
    });
    expect(heartbeatRequest(given, 'failure', run)?.body).toBe(body);
  });

  test('an id of your own stays', () => {
    expect(told('https://hc-ping.com/f00d?rid=mine').success).toBe('POST https://hc-ping.com/f00d?rid=mine');
  });

  test('Better Stack, which knows no start', () => {
    const url = 'https://uptime.betterstack.com/api/v1/heartbeat/TOKEN';
    expect(told(url)).toEqual({ start: undefined, success: `POST ${url}`, failure: `POST ${url}/fail` });
  });

  test('Cronitor: a state, and a series that start and end share', () => {
    const url = 'https://cronitor.link/p/KEY/nightly';
    const rest = `series=${run.id}&message=${new URLSearchParams({ m: body }).toString().slice(2)}`;
    expect(told(`${url}?env=production`)).toEqual({
      start: `GET ${url}?env=production&state=run&${rest}`,
      success: `GET ${url}?env=production&state=complete&${rest}`,
      failure: `GET ${url}?env=production&state=fail&${rest}`,
    });
  });

  test('Uptime Kuma, by the URL that its page shows', () => {
    const url = 'https://kuma.acme.example/api/push/TOKEN';
    const { start, success, failure } = told(`${url}?status=up&msg=OK&ping=`);
    expect(start).toBeUndefined();
    expect(success).toMatch(/^GET https:\/\/kuma\.acme\.example\/api\/push\/TOKEN\?status=up&msg=db-dump\+https/);
    expect(failure).toMatch(/\?status=down&msg=db-dump\+https[^?]*$/);
  });

  test("Dead Man's Snitch: a status only of a failure", () => {
    const { start, success, failure } = told('https://nosnch.in/c2354d53d2');
    expect(start).toBeUndefined();
    expect(success).toMatch(/^GET https:\/\/nosnch\.in\/c2354d53d2\?m=db-dump/);
    expect(failure).toMatch(/^GET https:\/\/nosnch\.in\/c2354d53d2\?s=1&m=db-dump/);
  });

  test('one secret for many sources: their names become slugs', () => {
    expect(told('https://hc-ping.com/KEY/{action}-{source}?create=1').success).toBe(
      `POST https://hc-ping.com/KEY/db-dump-shop-prod-orders_1?create=1&${rid}`,
    );
  });
});

test('lines are requested as they are, and a signal without one is not sent', () => {
  const given = `
    success=https://watch.example/ok?job={source}&run={run}&id={id}
    failure = https://watch.example/api/push/TOKEN/
  `;
  expect(told(given)).toEqual({
    start: undefined,
    success: `GET https://watch.example/ok?job=shop-prod-orders_1&run=${encodeURIComponent(run.url)}&id=${run.id}`,
    failure: 'GET https://watch.example/api/push/TOKEN/',
  });
});

describe('the input', () => {
  const { parse, secret } = reportInputs['heartbeat-url'];
  const reason = (given: string): string => {
    try {
      parse(given);
    } catch (error) {
      if (error instanceof Refused) return error.message;
      throw error;
    }
    return '';
  };

  test('is a secret, and nothing when it is empty', () => {
    expect([secret, parse('')]).toEqual([true, '']);
  });

  test.each([
    ['hc-ping.com/f00d', /^it is not a URL that begins with https/],
    ['ftp://hc-ping.com/f00d', /^it is not a URL that begins with https/],
    ['https://hc-ping.com/f00d and more', /^it is not a URL that begins with https/],
    ['https://me:secret@hc-ping.com/f00d', /^a user and a password/],
    ['https://hc-ping.com/KEY/{database}', /^\{database\} is none of \{action\}, \{source\}, \{run\}, \{id\}$/],
    ['finish=https://hc-ping.com/f00d', /^line 1 is not start=, success= or failure=/],
    ['https://hc-ping.com/a\nhttps://hc-ping.com/b', /^line 1 is not start=, success= or failure=/],
    ['start=https://a.example\nstart=https://b.example', /^start= is given twice$/],
    ['success=nowhere', /^it is not a URL/],
  ])('refuses %j with a reason that shows no URL', (given, expected) => {
    expect(reason(given)).toMatch(expected);
    expect(reason(given)).not.toMatch(/f00d|example|secret|nowhere/);
  });
});
