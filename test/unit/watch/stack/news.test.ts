/** What is told, when, and how a mail says it. The whole year of both watchdogs: test/unit/watch/watchdog/year.test.ts. */
import { describe, expect, test } from '@jest/globals';
import { noPromises, type PromisedSource } from '../../../../src/watch/promises/promise.ts';
import { mailOf } from '../../../../src/watch/stack/mail.ts';
import { newsOf } from '../../../../src/watch/stack/news.ts';
import { parseTold, renderTold, type Told } from '../../../../src/watch/stack/told.ts';
import { watch } from '../../../../src/watch/watchdog/watchdog.ts';
import type { WatchedSource } from '../../../../src/watch/watchdog/watched.ts';
import { backup, promised } from '../watchdog/given.ts';

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

describe('a source with several parts', () => {
  const server = promised({ source: 'srv', allDatabases: true });
  /** The newest dump of each database, by day of June; one look at noon UTC of 9 June and of each day after. */
  const day = (at: number, databases: Readonly<Record<string, number>>, more: Partial<PromisedSource> = {}) => {
    const time = new Date(Date.UTC(2026, 5, at, 16));
    const backups = Object.entries(databases).map(([name, taken]) =>
      backup(Date.UTC(2026, 5, taken, 3, 20), { source: `srv/${name}`, id: `${name} ${taken}` }),
    );
    const sources = watch({ promises: [{ ...server, ...more }], inventory: { backups, unread: [] }, now: time });
    return { ...look(...sources), now: time };
  };
  const said = (told: Told | undefined, one: ReturnType<typeof day>) => {
    const news = newsOf(told === undefined ? undefined : parseTold(renderTold(told)), one);
    return { after: news.after, mail: mailOf(news, sender) };
  };

  test('is told part by part: what joins, what came back, and what is not over', () => {
    const first = said(undefined, day(10, { wiki: 9, orders: 10, shop: 10 }));
    expect(first.mail?.subject).toBe('Holdfast: Backup of srv/wiki is missing');
    expect(said(first.after, day(10, { wiki: 9, orders: 10, shop: 10 })).mail).toBeUndefined();
    const second = said(first.after, day(11, { wiki: 9, orders: 10, shop: 10 }));
    expect(second.mail?.subject).toBe('Holdfast: Backup of srv is missing');
    expect(second.mail?.text).toMatch(
      /What: no backup of srv\/orders since 2026-06-10 .*; the same of srv\/shop \(promised by acme\/backups\)/,
    );
    expect(second.mail?.text).not.toContain('srv/wiki');
    expect(said(second.after, day(12, { wiki: 9, orders: 10, shop: 10 })).mail).toBeUndefined();
    const third = said(second.after, day(13, { wiki: 13, orders: 10, shop: 13 }));
    expect(third.mail?.subject).toBe('Holdfast: Over: Backup of srv is missing');
    expect(third.mail?.text).toMatch(
      /Now: srv\/shop: the newest .* 2026-06-13 .*, srv\/wiki: .*\n {2}Not over: srv\/orders/,
    );
    const last = said(third.after, day(14, { wiki: 14, orders: 14, shop: 14 }));
    expect(last.mail?.subject).toBe('Holdfast: Over: Backup of srv/orders is missing');
    expect(last.after.open).toEqual([]);
  });

  test('what an earlier version told of the whole is read, told by part once, and is over once', () => {
    const earlier: Told = {
      ...{ format: 'holdfast-told/1', began: since },
      open: [{ key: 'missing database-dump srv', title: 'Backup of srv is missing', since, toldAt: since }],
    };
    const over = said(earlier, day(11, { wiki: 11, orders: 11 }));
    expect([over.mail?.subject, over.after.open]).toEqual(['Holdfast: Over: Backup of srv is missing', []]);
    const lasting = said(earlier, day(11, { wiki: 11, orders: 9 }));
    expect(lasting.mail?.subject).toBe('Holdfast: Backup of srv/orders is missing');
    expect(said(lasting.after, day(12, { wiki: 12, orders: 9 })).mail).toBeUndefined();
    expect(said(lasting.after, day(12, { wiki: 12, orders: 12 })).mail?.subject).toBe(
      'Holdfast: Over: Backup of srv/orders is missing',
    );
  });

  test('a part that is gone from its server is over, and one that nobody can judge is not', () => {
    const { after } = said(undefined, day(10, { wiki: 9, orders: 9, shop: 10 }));
    const goneDatabases = { 'srv/wiki': '2026-06-10T03:17:00.000Z' };
    const gone = day(10, { wiki: 9, orders: 9, shop: 10 }, { goneDatabases });
    expect(newsOf(after, gone)).toMatchObject({
      begun: [],
      over: [{ title: 'Backup of srv/wiki is missing', because: 'nobody promises this backup any more' }],
    });
    const [source] = gone.repositories[0]?.sources ?? [];
    const unsure = { ...source, failures: [], unknown: 'denied' } as WatchedSource;
    const parts = (source?.parts ?? []).map((part) =>
      part.id === 'srv/orders' ? { ...part, failures: [], unknown: 'denied' } : part,
    );
    const news = newsOf(after, { ...gone, ...look({ ...unsure, parts }) });
    expect(news.over.map(({ title, still }) => [title, still])).toEqual([
      ['Backup of srv/wiki is missing', ['srv/orders']],
    ]);
  });

  test('a volume stays the same when its instance is renamed', () => {
    const slot = { everyHours: 24, timeZone: 'UTC' };
    const volumes = { 'vol-1': server.since, 'vol-2': server.since };
    const rotated = (source: string) => {
      const [schedule] = server.schedules.map((one) => ({ ...one, slot }));
      return promised({
        ...{ source, kind: 'rotation-snapshot', instanceId: 'i-1', volumes, schedules: schedule ? [schedule] : [] },
      });
    };
    const backups = [['vol-1', 9] as const, ['vol-2', 11] as const].map(([volumeId, taken]) =>
      backup(Date.UTC(2026, 5, taken, 3, 20), { kind: 'rotation-snapshot', instanceId: 'i-1', volumeId, id: volumeId }),
    );
    const at = (source: string) => ({
      ...look(...watch({ promises: [rotated(source)], inventory: { backups, unread: [] }, now: later })),
      now: later,
    });
    const later = new Date('2026-06-11T16:00:00Z');
    const { after, begun } = newsOf(undefined, at('web'));
    expect(begun.map(({ title }) => title)).toEqual(['Backup of volume vol-1 of web is missing']);
    expect(newsOf(after, at('www'))).toMatchObject({ begun: [], over: [] });
  });
});
