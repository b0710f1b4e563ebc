/** Since when something is promised, and until when. */
import { describe, expect, test } from '@jest/globals';
import type { PromisedSource } from '../../../../src/watch/promises/promise.ts';
import { at, call, instance, nightly, read } from './given.ts';

describe('since when', () => {
  const file = (cron: string, source = 'a') => ({
    'a.yml': nightly.replace('17 3', cron) + call('postgres-dump.yml', `      source: ${source}\n`),
  });
  const before = read({ files: file('17 3') }, { now: new Date('2026-11-01T00:00:00Z') }).sources;
  const first = '2026-11-01T00:00:00.000Z';

  test('what is read again is promised since it was read first', () => {
    expect(read({ files: file('17 3') }, { before }).sources).toEqual(before);
  });

  test('a schedule that changes is promised until then, and the new one from then on', () => {
    const [source] = read({ files: file('29 5') }, { before }).sources;
    expect(source).toMatchObject({
      since: first,
      schedules: [
        { expression: '29 5 * * *', since: at },
        { expression: '17 3 * * *', since: first, until: at },
      ],
    });
    const back = read({ files: file('17 3') }, { before: [source as PromisedSource], now: new Date('2026-11-21') });
    expect(back.sources[0]?.schedules.map(({ since, until }) => [since, until])).toEqual([
      ['2026-11-21T00:00:00.000Z', undefined],
      [at, '2026-11-21T00:00:00.000Z'],
      [first, at],
    ]);
    const later = read({ files: file('29 5') }, { before: [source as PromisedSource], now: new Date('2027-03-01') });
    expect(later.sources[0]?.schedules).toHaveLength(1);
  });

  test('a source that is renamed is a new one, and the old one is promised by nobody', () => {
    expect(read({ files: file('17 3', 'b') }, { before }).sources).toEqual([
      expect.objectContaining({ source: 'b', since: at }),
    ]);
  });

  test('what cannot be read is promised as before', () => {
    expect(read({}, { before, repository: undefined }).sources).toEqual(before);
    expect(read({}, { before, unreadFiles: ['.github/workflows/a.yml'] }).sources).toEqual(before);
    const instances = new Map([['us-east-1', [instance('i-1', { Name: 'web', Backup: 'Yes' })]]]);
    const rotate = { 'r.yml': nightly + call('ebs-rotate.yml', '      region: us-east-1\n') };
    const rotated = read({ files: rotate }, { instances }).sources;
    expect(read({ files: rotate }, { before: rotated, unreadRegions: ['us-east-1'] }).sources).toEqual(rotated);
    expect(read({}, { before: rotated, instances, unreadFiles: ['.github/workflows/r.yml'] }).sources).toEqual(rotated);
    // An instance that is gone, or not tagged any more, was read.
    expect(read({ files: rotate }, { before: rotated, instances: new Map([['us-east-1', []]]) }).sources).toEqual([]);
  });
});
