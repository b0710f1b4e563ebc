/** The dashboard: it shows what is sent and nothing else, and is brought to Datadog once. */

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { dashboardMark, dashboardText, importDashboard, readDatadogAccess } from '../../../scripts/setup/datadog.ts';
import { datadogSites } from '../../../src/report/render/datadog.ts';

interface Widget {
  readonly definition: {
    readonly title: string;
    readonly widgets?: readonly Widget[];
    readonly requests?: readonly { readonly queries: readonly { readonly query: string }[] }[];
  };
}
const dashboard = JSON.parse(dashboardText()) as {
  readonly description: string;
  readonly template_variables: readonly { readonly name: string }[];
  readonly widgets: readonly Widget[];
};
const leaves = (widgets: readonly Widget[]): readonly Widget[] =>
  widgets.flatMap((one) => (one.definition.widgets === undefined ? [one] : leaves(one.definition.widgets)));

describe('the dashboard', () => {
  const queries = leaves(dashboard.widgets).flatMap(({ definition }) =>
    (definition.requests ?? []).flatMap((request) => request.queries.map(({ query }) => query)),
  );
  const shown = new Set(
    queries.flatMap((query) => [...query.matchAll(/[a-z0-9]+:([a-z_]+)\{/g)].map(([, name]) => name)),
  );
  const source = readFileSync('src/report/render/datadog.ts', 'utf8');
  const sent = new Set([...source.matchAll(/gauge\(\s*'([a-z_]+)'/g)].map(([, name]) => name));

  test('shows every metric that is sent, and none that is not', () => {
    expect(sent.size).toBeGreaterThan(15);
    expect([...shown].toSorted()).toEqual([...sent].toSorted());
  });

  test('has its mark, and queries of the variables that it has', () => {
    expect(dashboard.description).toContain(dashboardMark);
    const names = dashboard.template_variables.map(({ name }) => name);
    for (const query of queries)
      for (const [, name] of query.matchAll(/\$([a-z_]+)/g))
        expect([query, names]).toEqual([query, expect.arrayContaining([name])]);
  });
});

describe('bringing it to Datadog', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
  });

  interface Asked {
    readonly method: string;
    readonly url: string;
    readonly keys: readonly unknown[];
    readonly body: string;
  }

  /** @param dashboards what is there already @param refuse the status of every answer */
  async function datadog(
    dashboards: readonly { readonly id: string; readonly description?: string | null }[],
    refuse?: number,
  ) {
    const asked: Asked[] = [];
    server = createServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += String(part);
      const { method = '', url = '', headers } = request;
      asked.push({ method, url, keys: [headers['dd-api-key'], headers['dd-application-key']], body });
      if (refuse !== undefined) {
        response.writeHead(refuse).end('{"errors":["no: secret-app"]}');
        return;
      }
      const query = new URL(url, 'http://x').searchParams;
      const [start, count] = [Number(query.get('start')), Number(query.get('count'))];
      response.setHeader('content-type', 'application/json');
      if (method === 'GET') response.end(JSON.stringify({ dashboards: dashboards.slice(start, start + count) }));
      else response.end(JSON.stringify({ id: 'abc-def-ghi', url: '/dashboard/abc-def-ghi/holdfast' }));
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { asked, access: { site: 'datadoghq.eu', apiKey: 'secret-api', applicationKey: 'secret-app', baseUrl } };
  }

  const others = Array.from({ length: 150 }, (_, at) => ({ id: `o${at}`, description: at % 2 === 0 ? null : 'ours' }));

  test('makes it where there is none', async () => {
    const { asked, access } = await datadog(others);
    expect(await importDashboard(access, dashboardText(), false)).toEqual({
      done: 'made',
      id: 'abc-def-ghi',
      url: 'https://app.datadoghq.eu/dashboard/abc-def-ghi/holdfast',
    });
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /api/v1/dashboard?count=100&start=0',
      'GET /api/v1/dashboard?count=100&start=100',
      'POST /api/v1/dashboard',
    ]);
    for (const { keys } of asked) expect(keys).toEqual(['secret-api', 'secret-app']);
    expect(JSON.parse(asked[2]?.body ?? '')).toEqual(dashboard);
  });

  // https://docs.datadoghq.com/getting_started/site, "Access the Datadog site"
  test.each([
    ['datadoghq.com', 'https://app.datadoghq.com'],
    ['us3.datadoghq.com', 'https://us3.datadoghq.com'],
    ['us5.datadoghq.com', 'https://us5.datadoghq.com'],
    ['datadoghq.eu', 'https://app.datadoghq.eu'],
    ['ap1.datadoghq.com', 'https://ap1.datadoghq.com'],
    ['ap2.datadoghq.com', 'https://ap2.datadoghq.com'],
    ['uk1.datadoghq.com', 'https://uk1.datadoghq.com'],
    ['ddog-gov.com', 'https://app.ddog-gov.com'],
  ])('the link of %s leads to its own address', async (site, address) => {
    const { access } = await datadog([]);
    const { url } = await importDashboard({ ...access, site }, dashboardText(), false);
    expect(url).toBe(`${address}/dashboard/abc-def-ghi/holdfast`);
  });

  test('the link of every site is tested', () => {
    expect(datadogSites).toHaveLength(8);
  });

  test('changes the one that has the mark, on whatever page of the list', async () => {
    const { asked, access } = await datadog([...others, { id: 'mine', description: `renamed ${dashboardMark}` }]);
    expect(await importDashboard(access, dashboardText(), false)).toMatchObject({ done: 'changed' });
    expect(asked.at(-1)).toMatchObject({ method: 'PUT', url: '/api/v1/dashboard/mine' });
  });

  test('changes nothing in a dry run', async () => {
    const { asked, access } = await datadog([{ id: 'mine', description: dashboardMark }]);
    expect(await importDashboard(access, dashboardText(), true)).toEqual({
      done: 'would be changed',
      id: 'mine',
      url: undefined,
    });
    expect(asked.map(({ method }) => method)).toEqual(['GET']);
  });

  test('refuses to guess between two, and shows no key when Datadog refuses', async () => {
    const two = await datadog(['a', 'b'].map((id) => ({ id, description: dashboardMark })));
    await expect(importDashboard(two.access, '{}', false)).rejects.toThrow('2 dashboards have');
    server?.close();
    const { access } = await datadog([], 403);
    const error = await importDashboard(access, '{}', false).catch((one: Error) => one);
    expect(String(error)).toContain('status 403: {"errors":["no: ***"]}');
    expect(String(error)).not.toContain('secret');
  });

  test('names every key and site that is missing or wrong', () => {
    expect(() => readDatadogAccess('datadog.com', {})).toThrow(
      /--site: "datadog.com"[\s\S]*DD_API_KEY[\s\S]*DD_APP_KEY/,
    );
    expect(readDatadogAccess(undefined, { DD_API_KEY: 'a', DD_APP_KEY: 'b', DD_SITE: 'datadoghq.eu' })).toMatchObject({
      site: 'datadoghq.eu',
    });
  });
});
