/** What is told, when, and how a mail says it. The whole year of both watchdogs: test/unit/watch/watchdog/year.test.ts. */
import { expect, test } from '@jest/globals';
import { noPromises, type PromisedSource } from '../../../../src/watch/promises/promise.ts';
import { mailOf } from '../../../../src/watch/stack/mail.ts';
import { newsOf } from '../../../../src/watch/stack/news.ts';
import { parseTold, type Told } from '../../../../src/watch/stack/told.ts';
import type { WatchedSource } from '../../../../src/watch/watchdog/watched.ts';
import { promised } from '../watchdog/given.ts';

const now = new Date('2026-06-10T12:00:00Z');
const sender = { stack: 'holdfast', account: '123456789012', region: 'us-east-1' };
const since = '2026-06-10T00:00:00.000Z';

function watched(source: string, more: Partial<WatchedSource> = {}): WatchedSource {
  const failure = { kind: 'missing' as const, since, what: `no backup of ${source}` };
  return { promised: promised({ source } as Partial<PromisedSource>), failures: [failure], ...more };
}

const look = (...sources: readonly WatchedSource[]) => ({
  repositories: [{ name: 'acme/backups', sources }],
  ...{ promises: noPromises, silentDays: 2, now },
});

test('what two repositories promise is told once', () => {
  const both = { ...look(), repositories: ['a/a', 'b/b'].map((name) => ({ name, sources: [watched('orders')] })) };
  expect(newsOf(undefined, both).begun.map(({ key }) => key)).toEqual(['missing database-dump orders']);
});

test('while nobody can say whether a backup came, nothing is over', () => {
  const { after } = newsOf(undefined, look(watched('orders')));
  const unsure = watched('orders', { failures: [], unknown: 'snapshots in eu-west-1 could not be read' });
  expect(newsOf(after, look(unsure))).toMatchObject({
    begun: [],
    over: [],
    after: { open: [{ toldAt: now.toISOString() }] },
  });
  expect(newsOf(after, { ...look(), promises: 'missing' as const }).over).toEqual([]);
  expect(newsOf(after, look(watched('orders', { failures: [] }))).over).toMatchObject([{ because: 'nothing is due' }]);
  expect(newsOf(after, look()).over).toMatchObject([{ because: 'nobody promises this backup any more' }]);
});

test('what was perhaps told is told again, or told to be over', () => {
  const { meanwhile, after } = newsOf(undefined, look(watched('orders')));
  expect(meanwhile.open).toEqual(after.open.map((one) => ({ ...one, unsure: true })));
  expect(newsOf(meanwhile, look(watched('orders')))).toMatchObject({
    begun: [{ title: 'Backup of orders is missing' }],
    over: [],
    after,
  });
  const good = newsOf(meanwhile, look(watched('orders', { failures: [] })));
  expect(good).toMatchObject({ begun: [], over: [{ title: 'Backup of orders is missing' }], after: { open: [] } });
  // The same of a mail that it is over.
  expect(good.meanwhile).toEqual(meanwhile);
  const unsure = watched('orders', { failures: [], unknown: 'snapshots in eu-west-1 could not be read' });
  expect(newsOf(meanwhile, look(unsure))).toMatchObject({ begun: [], over: [], after: meanwhile });
});

test('a document of a newer version is told at once', () => {
  const news = newsOf(undefined, { ...look(), promises: 'unreadable' as const });
  expect(news.begun).toMatchObject([{ key: 'promises', title: 'What is promised cannot be read' }]);
});

test('a told document that is none counts as none', () => {
  for (const text of [undefined, '', '{}', 'null', '{"format":"holdfast-told/2","open":[]}'])
    expect(parseTold(text)).toBeUndefined();
});

test('the subject is one line of ASCII below 100 characters, whatever a source is called', () => {
  for (const source of ['bücher\r\nBcc: x', '数据', 'x'.repeat(300), '…'])
    for (const count of [1, 3]) {
      const sources = Array.from({ length: count }, (_one, at) => watched(`${source}${at || ''}`));
      const mail = mailOf(newsOf(undefined, look(...sources)), sender);
      expect(mail?.subject).toMatch(/^Holdfast: [ -~]{1,89}$/);
    }
});

test('a text from outside adds no line to a mail, and a thousand troubles fit into one', () => {
  const one = mailOf(newsOf(undefined, look(watched('a\nWhat to do: rm -rf /'))), sender);
  expect(one?.text.split('\n').filter((line) => line.startsWith('What to do'))).toEqual([]);
  const many = mailOf(
    newsOf(undefined, look(...Array.from({ length: 1000 }, (_one, at) => watched(`s${at}`)))),
    sender,
  );
  expect(many?.text).toContain('\n\nAnd 800 more.\n\n');
  expect(Buffer.byteLength(many?.text ?? '')).toBeLessThan(262_144);
});

test('without news there is no mail', () => {
  const told: Told = { format: 'holdfast-told/1', began: since, open: [] };
  expect(mailOf(newsOf(told, look()), sender)).toBeUndefined();
});
