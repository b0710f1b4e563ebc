/** Databases of a server and volumes of an instance: each has its own gaps. */
import { describe, expect, test } from '@jest/globals';
import type { Evidence } from '../../../../src/watch/evidence/document.ts';
import { document } from '../../../../src/watch/evidence/document.ts';
import { evidenceOf } from '../../../../src/watch/evidence/evidence.ts';
import type { EvidenceBackup, EvidenceInput } from '../../../../src/watch/evidence/input.ts';
import { renderEvidence } from '../../../../src/watch/evidence/render/html.ts';
import type { PromisedSource } from '../../../../src/watch/promises/promise.ts';
import { promised, schedule } from '../watchdog/given.ts';
import { evidenceBackup, input } from './given.ts';

const since = '2025-12-01T00:00:00.000Z';
const deletedSince = Date.parse(since);
const schedules = [schedule('17 3 * * *', { since })];
const server = promised({ source: 'pg02', allDatabases: true, schedules, since });
const instance = { source: 'web', kind: 'rotation-snapshot', instanceId: 'i-1' } as const;
const web = promised({ ...instance, schedules, since, volumes: { 'vol-1': since, 'vol-2': since } });

const days = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at);
const at = (day: number) => Date.UTC(2026, 0, day, 3, 25);
const dump = (database: string) => (day: number) => evidenceBackup(at(day), { source: `pg02/${database}` });
const snapshot =
  (volumeId: string, more: Partial<EvidenceBackup> = {}) =>
  (day: number) =>
    evidenceBackup(at(day), { ...instance, volumeId, receiptKey: undefined, ...more });

function made(promise: PromisedSource, more: Partial<EvidenceInput>, others: readonly PromisedSource[] = []): Evidence {
  return evidenceOf(input({ promises: { 'acme/backups': [promise, ...others] }, deletedSince, ...more }));
}

function told(evidence: Evidence, name: string) {
  const found = evidence.sources.find(({ source }) => source === name);
  const gaps = found?.gaps.map(({ part, from, until, missedRuns }) => [
    part,
    from.slice(0, 10),
    until?.slice(0, 10),
    missedRuns,
  ]);
  return { runs: found?.runs, gaps };
}

describe('a server of which all databases are promised', () => {
  test('has a gap for the database that was not dumped, while others were', () => {
    const evidence = made(server, { backups: [...days(1, 31).map(dump('shop')), dump('crm')(0)] });
    expect(told(evidence, 'pg02')).toMatchObject({
      runs: { promised: 31, made: 0, missed: 31 },
      gaps: [['pg02/crm', '2026-01-01', undefined, 31]],
    });
    expect(document.parse(evidence)).toEqual(evidence);
    expect(renderEvidence(evidence)).toContain('<br>pg02/crm</th>');
  });

  test('has one gap where no database was dumped', () => {
    const some = [...days(0, 9), ...days(12, 31)];
    const evidence = made(server, { backups: [...some.map(dump('shop')), ...some.map(dump('crm'))] });
    expect(told(evidence, 'pg02')).toMatchObject({
      runs: { made: 29, missed: 2 },
      gaps: [[undefined, '2026-01-10', '2026-01-12', 2]],
    });
  });

  test('misses no database before its first dump, none after it was dropped, and none that is promised by itself', () => {
    const backups = [
      ...days(0, 31).map(dump('shop')),
      ...days(20, 31).map(dump('young')),
      ...days(0, 8).map(dump('old')),
      dump('own')(0),
    ];
    const gone = { ...server, goneDatabases: { 'pg02/old': '2026-01-10T03:30:00.000Z' } };
    const own = promised({ source: 'pg02/own', schedules, since });
    const evidence = made(gone, { backups }, [own]);
    // That it was missed on the 9th is known: a run that ended well without it came on the 10th.
    expect(told(evidence, 'pg02')).toMatchObject({
      runs: { made: 30, missed: 1 },
      gaps: [['pg02/old', '2026-01-09', undefined, 1]],
    });
    expect(told(evidence, 'pg02/own').runs).toMatchObject({ missed: 31 });
  });

  test('misses a database with targets of its own that was never dumped', () => {
    const { targets } = server;
    const evidence = made(
      { ...server, targetsOfDatabases: { 'pg02/crm': targets } },
      { backups: days(0, 31).map(dump('shop')) },
    );
    expect(told(evidence, 'pg02').gaps).toEqual([['pg02/crm', '2026-01-01', undefined, 31]]);
  });
});

describe('an instance of several volumes', () => {
  test('has a gap for the volume that was never backed up, and one for failed snapshots', () => {
    const problem = 'its snapshot failed: quota';
    const backups = [...days(1, 10).map(snapshot('vol-1')), ...days(11, 31).map(snapshot('vol-1', { problem }))];
    expect(told(made(web, { backups }), 'web')).toMatchObject({
      runs: { made: 0, missed: 31 },
      gaps: [
        ['volume vol-2 of web', '2026-01-01', undefined, 31],
        [undefined, '2026-01-11', undefined, 21],
      ],
    });
  });

  test('is judged as one before its volumes were read', () => {
    const volumes = { 'vol-1': '2026-01-21T00:00:00.000Z', 'vol-2': '2026-01-21T00:00:00.000Z' };
    const backups = days(1, 31).map(snapshot('vol-1'));
    expect(told(made({ ...web, volumes }, { backups }), 'web')).toMatchObject({
      runs: { made: 20, missed: 11 },
      gaps: [['volume vol-2 of web', '2026-01-21', undefined, 11]],
    });
  });

  test('does not know of each volume from days that tell of the instance', () => {
    const codes = 'p'.repeat(31);
    const none = Array.from(codes, () => null);
    const written = { from: '2026-01-01', codes, bytes: none, recovery: none, pause: none };
    const history = {
      format: 'holdfast-history/1',
      recordedAt: '2026-02-01T00:00:00.000Z',
      timeZone: 'UTC',
      sources: { 'rotation-snapshot i-1': written },
    } as const;
    const kept = days(25, 31).flatMap((day) => [snapshot('vol-1')(day), snapshot('vol-2')(day)]);
    expect(told(made(web, { backups: kept, history }), 'web').runs).toMatchObject({ made: 7, unknown: 24, missed: 0 });
    const one = { ...web, volumes: { 'vol-1': since } };
    const alone = days(25, 31).map(snapshot('vol-1'));
    expect(told(made(one, { backups: alone, history }), 'web').runs).toMatchObject({ made: 7, recorded: 24 });
    // Somebody has deleted all.
    expect(told(made(web, { history }), 'web').runs).toMatchObject({ unknown: 31 });
    expect(told(made(one, { history }), 'web').runs).toMatchObject({ recorded: 31 });
  });
});

test('a dump that cannot be restored is none', () => {
  const problem = 'dump.gz is gone';
  const backups = days(0, 31).map((day) => evidenceBackup(at(day), day === 9 ? { problem } : {}));
  expect(told(made(promised({ schedules, since }), { backups }), 'orders')).toMatchObject({
    runs: { made: 30, missed: 1 },
    gaps: [[undefined, '2026-01-09', '2026-01-10', 1]],
  });
});
