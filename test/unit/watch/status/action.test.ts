import { expect, test } from '@jest/globals';
import { inputs, type Settings } from '../../../../src/actions/watchdog/inputs.ts';
import { keepPage } from '../../../../src/actions/watchdog/page.ts';
import type { Findings, Ports } from '../../../../src/actions/watchdog/ports.ts';
import { type Promises, renderPromises } from '../../../../src/watch/promises/promise.ts';
import { historyKey, pageKey } from '../../../../src/watch/status/status.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { fakeContext, fakeRun, settingsFrom } from '../../../fakes/context.ts';
import { FakeObjects } from '../../../fakes/objects.ts';
import { backup, now } from '../page/samples.ts';

const bucket = 'acme-receipts';
const since = '2026-11-01T00:00:00.000Z';

function promised(source: string, workflow: string) {
  const schedule = { expression: '0 2 * * *', timeZone: 'UTC', workflow: `.github/workflows/${workflow}`, since };
  return {
    source,
    kind: 'database-dump' as const,
    schedules: [schedule],
    targets: { allowanceSeconds: 43_200 },
    since,
  };
}

const promises: Promises = {
  format: 'holdfast-promises/1',
  repositories: {
    'acme/backups': [promised('shop.prod', 'nightly.yml')],
    'acme/other': [promised('crm.prod', 'crm.yml')],
  },
};

async function kept(given: Readonly<Record<string, string>> = {}, more: Partial<Ports> = {}) {
  const objects = new FakeObjects(new FakeClock(now.toISOString()));
  const findings: Partial<Findings> = {};
  const context = fakeContext<Findings>(new FakeClock(now.toISOString()), fakeRun(7), (one) =>
    Object.assign(findings, one),
  );
  const settings: Settings = settingsFrom(inputs, { 'aws-region': 'us-east-1', 'receipt-bucket': bucket, ...given });
  const written: string[] = [];
  const ports: Ports = {
    objects,
    regions: {
      in: () => {
        throw new Error('no region is asked');
      },
      enabled: async () => [],
    },
    github: undefined,
    issues: undefined,
    repository: 'acme/backups',
    links: {
      repositoryUrl: 'https://github.example/acme/backups',
      docsUrl: 'https://github.example/acme/holdfast/blob/HEAD/docs',
    },
    writePage: (html) => `/tmp/page-${written.push(html)}`,
    push: async () => ({ sent: true }),
    ...more,
  };
  const inventory = { backups: [backup('2026-11-27T02:05:00Z')], unread: [], regions: [] };
  const read = {
    sources: [],
    problems: [],
    targetFaults: [],
    unwatched: [],
    notLookedInto: [],
    unread: [],
    text: renderPromises(promises),
    changed: false,
  };
  await keepPage(settings, ports, context, { promises: read, inventory, now });
  const keys = (await objects.list(bucket, '')).map(({ key }) => key);
  return { page: findings.page, html: written[0] ?? '', keys, warnings: context.logger.lines };
}

test('the page is written to a file, with what other repositories promise, each with its own workflow', async () => {
  const { page, html, keys } = await kept();
  expect([page, keys]).toEqual(['/tmp/page-1', [historyKey]]);
  expect(html).toContain('<h1 id="answer">1 of 2 sources needs you</h1>');
  expect(html).toContain('href="https://github.example/acme/other/actions/workflows/crm.yml"');
});

test('into the bucket only where asked, and a dry run writes nothing there', async () => {
  expect((await kept({ 'status-page': 'bucket' })).keys.toSorted()).toEqual([historyKey, pageKey]);
  expect((await kept({ 'status-page': 'bucket', 'dry-run': 'true' })).keys).toEqual([]);
  expect(await kept({ 'status-page': 'none' })).toMatchObject({ page: undefined, keys: [], html: '' });
});

test('a page that cannot be written costs a warning, and nothing else', async () => {
  const failing = () => {
    throw new Error('no space left');
  };
  const { page, warnings } = await kept({}, { writePage: failing });
  expect(page).toBeUndefined();
  expect(warnings.join('\n')).toContain('there is no status page: no space left');
});

test('a time zone is one of IANA', () => {
  expect(() =>
    settingsFrom(inputs, { 'aws-region': 'us-east-1', 'receipt-bucket': bucket, 'time-zone': 'Mars/Base' }),
  ).toThrow();
  const { timeZone, statusPage } = settingsFrom(inputs, { 'aws-region': 'us-east-1', 'receipt-bucket': bucket });
  expect([timeZone, statusPage]).toEqual(['UTC', 'file']);
});
