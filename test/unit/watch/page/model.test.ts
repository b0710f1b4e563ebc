import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseHistory } from '../../../../src/watch/page/model/history.ts';
import type { PageInput } from '../../../../src/watch/page/model/input.ts';
import { historyOf, pageModel } from '../../../../src/watch/page/model/model.ts';
import type { SourceModel } from '../../../../src/watch/page/model/source.ts';
import { backup, input, now, promise, proofAt } from './samples.ts';

function only(given: Partial<PageInput>): SourceModel {
  const { sources } = pageModel(input(given));
  expect(sources).toHaveLength(1);
  const [one] = sources;
  if (!one) throw new Error('there is no source');
  return one;
}

describe('the state of a source', () => {
  const rotation = { kind: 'rotation-snapshot', source: 'web-1', instanceId: 'i-1', volumeId: 'vol-1' } as const;
  const { volumeId: _, ...instance } = rotation;
  const taken = backup('2026-11-27T02:05:00Z', { ...rotation, verdict: 'unproven', proofs: [] });

  test('is proven when its newest good backup is, and a newest one that nobody has tried yet changes nothing', () => {
    const fresh = backup('2026-11-27T02:05:00Z', { verdict: 'unproven', proofs: [] });
    const one = only({ backups: [backup('2026-11-26T02:05:00Z'), fresh], promises: [promise()] });
    expect([one.state, one.age, one.newestGood?.takenAt]).toEqual([
      'proven',
      24 * 3600 + 55 * 60,
      '2026-11-26T02:05:00Z',
    ]);
  });

  test('is unproven when its newest backup was tried in vain, and names the reason', () => {
    const tried = backup('2026-11-27T02:05:00Z', { verdict: 'unproven' });
    const one = only({ backups: [backup('2026-11-26T02:05:00Z'), tried], promises: [promise()] });
    expect([one.state, one.troubles[0]?.text]).toEqual([
      'unproven',
      'The newest backup could not be proven: a row is missing',
    ]);
  });

  test('is bad when its newest backup is, or cannot be restored', () => {
    const bad = backup('2026-11-27T02:05:00Z', { verdict: 'bad' });
    const gone = backup('2026-11-27T02:05:00Z', { problem: 'its object is gone' });
    expect(only({ backups: [bad], promises: [promise()] }).troubles[0]?.text).toContain(
      'found wrong: a row is missing',
    );
    expect(only({ backups: [gone], promises: [promise()] }).troubles[0]?.text).toContain(
      'cannot be restored: its object is gone',
    );
    expect(only({ backups: [bad, backup('2026-11-27T02:30:00Z')], promises: [promise()] }).state).toBe('proven');
  });

  test('is what the watchdog found, the worst first', () => {
    const finding = { source: 'shop.prod', kind: 'database-dump' } as const;
    const one = only({
      backups: [backup('2026-11-20T02:05:00Z')],
      promises: [promise()],
      findings: [
        { ...finding, trouble: 'too-old', text: 'older than 26 h' },
        { ...finding, trouble: 'missing', text: 'no backup since Friday' },
      ],
    });
    expect([one.state, one.troubles.map(({ trouble }) => trouble)]).toEqual(['missing', ['missing', 'too-old']]);
  });

  test('of a rotation is taken, and proven when somebody has restored the newest one', () => {
    const promises = [promise(2, 400, instance)];
    expect(only({ backups: [taken], promises }).state).toBe('taken');
    expect(only({ backups: [{ ...taken, proofs: [proofAt('2026-11-27T02:30:00Z')] }], promises }).state).toBe('proven');
  });

  test('of a rotation counts from the newest snapshot, and copies in other regions are no backups of their own', () => {
    const copyOf = { region: 'us-east-1', id: taken.id };
    const copy = { ...taken, region: 'eu-west-1', id: 'snap-copy', takenAt: '2026-11-27T02:59:00Z', copyOf };
    const one = only({ backups: [taken, copy], promises: [promise(2, 400, instance)] });
    expect([one.age, one.backups.length, one.copies.length]).toEqual([55 * 60, 1, 1]);
  });

  test('keeps an instance together when its name changes, and a promise that knows the name alone', () => {
    const renamed = { ...taken, takenAt: '2026-11-26T02:05:00Z', source: 'web-old', id: 'snap-old' };
    const { instanceId: __, ...named } = instance;
    const one = only({ backups: [renamed, taken], promises: [promise(2, 400, named)] });
    expect([one.source, one.backups.length, one.state]).toEqual(['web-1', 2, 'taken']);
  });

  test('of each database of a server follows from the promise of the server, which stands for itself only without any', () => {
    const server = promise(2, 400, { source: 'db1', allDatabases: true });
    const states = (given: Partial<PageInput>) =>
      pageModel(input({ promises: [server], ...given })).sources.map(({ source, state }) => `${source} ${state}`);
    const backups = ['db1/shop', 'db1/crm', 'db10'].map((source) => backup('2026-11-27T02:05:00Z', { source }));
    expect(states({ backups })).toEqual(['db1/crm proven', 'db1/shop proven', 'db10 retired']);
    expect(states({ promises: [promise(5, 0, { source: 'db1', allDatabases: true })] })).toEqual(['db1 waiting']);
    const finding = { source: 'db1', kind: 'database-dump', trouble: 'missing', text: 'no run' } as const;
    expect(states({ backups, findings: [finding] })[0]).toBe('db1 missing');
  });

  test('is waiting before the first backup, retired when nobody promises it', () => {
    expect(only({ promises: [promise(5, 0)] }).state).toBe('waiting');
    expect(only({ backups: [backup('2026-11-26T02:05:00Z')] }).state).toBe('retired');
  });
});

describe('the target of an age', () => {
  test('is that of the source; without one it follows from its schedule and what a run may be late', () => {
    expect(only({ promises: [promise(2, 400, { rpoSeconds: 93_600 })] }).target).toEqual({
      seconds: 93_600,
      from: 'rpo',
    });
    expect(only({ promises: [promise(2, 400)] }).target).toEqual({ seconds: 36 * 3600, from: 'schedule' });
    const weekly = promise(2, 400).runs.filter((_, at) => at % 7 === 0);
    expect(only({ promises: [promise(2, 400, { runs: weekly })] }).target?.seconds).toBe((7 * 24 + 12) * 3600);
    expect(only({ promises: [promise(2, 400, { runs: [] })] }).target).toBeUndefined();
  });
});

test('the age is the time since the newest good backup, and never negative', () => {
  const times = fc.array(fc.integer({ min: -600, max: 40 * 86_400 }), { minLength: 1, maxLength: 20 });
  const verdicts = fc.infiniteStream(fc.constantFrom('good', 'bad', 'unproven'));
  fc.assert(
    fc.property(times, verdicts, (ages, stream) => {
      const backups = ages.map((age) =>
        backup(new Date(now.getTime() - age * 1000).toISOString(), { verdict: stream.next().value }),
      );
      const good = ages.filter((_, at) => backups[at]?.verdict === 'good');
      expect(only({ backups, promises: [promise()] }).age).toBe(
        good.length === 0 ? undefined : Math.max(0, Math.min(...good)),
      );
    }),
  );
});

describe('what is remembered', () => {
  test('a page made from the memory alone, after everything expired, shows the same past', () => {
    const nights = Array.from({ length: 200 }, (_, at) =>
      new Date(Date.UTC(2026, 10, 26, 2, 5) - at * 86_400_000).toISOString(),
    );
    const backups = nights.filter((_, at) => at % 9 !== 4).map((at, number) => backup(at, { bytes: 1e9 + number }));
    const first = pageModel(
      input({
        backups,
        promises: [promise(2, 200)],
        history: { format: 'holdfast-history/1', recordedAt: '2026-01-01T00:00:00Z', sources: {} },
      }),
    );
    const history = parseHistory(JSON.stringify(historyOf(first)));
    const later = pageModel(input({ backups: backups.slice(0, 1), promises: [promise(2, 200)], history }));
    const picture = (model: typeof first) =>
      model.sources[0]?.year.map(({ date, code, bytes, recoverySeconds }) => [date, code, bytes, recoverySeconds]);
    expect(picture(later)).toEqual(picture(first));
    expect(first.sources[0]?.year.filter(({ code }) => code === 'm')).toHaveLength(22);
    // The forecast rests on the same restores.
    expect(later.sources[0]?.forecast).toEqual(first.sources[0]?.forecast);
  });

  test.each([8, 20])(
    'pages of four months, each day at %d:00 with three backups kept, remember each day as it was',
    (hour) => {
      const taken: string[] = [];
      const expected: string[] = [];
      let history = parseHistory(undefined);
      for (let day = 0; day < 120; day += 1) {
        const at = new Date(Date.UTC(2026, 6, 1 + day, hour));
        const isMissed = day % 11 === 7;
        if (!isMissed) taken.unshift(new Date(Date.UTC(2026, 6, 1 + day, 2, 30)).toISOString());
        expected.push(isMissed && day > 0 ? 'm' : 'p');
        const backups = taken.slice(0, 3).map((time) => backup(time));
        const model = pageModel(input({ now: at, backups, promises: [promise(2, 400)], history }));
        history = historyOf(model);
        const year = model.sources[0]?.year.slice(-expected.length) ?? [];
        // In the morning a run that made nothing is not due yet.
        const now = hour === 8 && isMissed ? [...expected.slice(0, -1), 'w'] : expected;
        expect(year.map(({ code }) => code).join('')).toBe(now.join(''));
      }
    },
  );

  test('a zone that there is not is none, and a part of another zone that is broken is left out', () => {
    const days = { recordedAt: '2026-01-01T00:00:00.000Z', sources: {} };
    const others = { 'Europe/Zurich': days, 'Europe/Atlantis': days, 'Asia/Tokyo': null, UTC: { sources: {} } };
    const text = JSON.stringify({ format: 'holdfast-history/1', ...days, timeZone: 'Mars/Olympus', others });
    expect(parseHistory(text)).toEqual({ format: 'holdfast-history/1', ...days, others: { 'Europe/Zurich': days } });
  });

  test('what is no history is none, and a source with broken columns is left out', () => {
    expect([undefined, '', 'null', '[]', '{"format":"holdfast-history/2"}'].map(parseHistory)).toEqual(
      Array(5).fill(undefined),
    );
    const days = { from: '2026-11-01', codes: 'pp', bytes: [1, null], recovery: [null, null], pause: [null, null] };
    const text = JSON.stringify({
      format: 'holdfast-history/1',
      recordedAt: '2026-11-26T00:00:00Z',
      sources: {
        good: days,
        short: { ...days, bytes: [1] },
        word: { ...days, pause: ['a', 'b'] },
        none: null,
        when: { ...days, from: 'x' },
      },
    });
    expect(Object.keys(parseHistory(text)?.sources ?? {})).toEqual(['good']);
  });
});

test('sources in trouble come first, the worst first, then the others by name, then what nobody promises', () => {
  const named = (source: string) => ({ source, kind: 'database-dump' as const });
  const proven = (source: string) => backup('2026-11-27T02:05:00Z', named(source));
  const model = pageModel(
    input({
      backups: [
        proven('z'),
        proven('b'),
        proven('a'),
        proven('m'),
        backup('2026-11-27T02:05:00Z', { ...named('y'), verdict: 'bad' }),
      ],
      promises: ['z', 'b', 'm', 'y', 'new'].map((source) => promise(2, 400, named(source))),
      findings: [
        { ...named('m'), trouble: 'too-old', text: 'old' },
        { ...named('new'), trouble: 'missing', text: 'never' },
      ],
    }),
  );
  expect(model.sources.map(({ source, state }) => `${source} ${state}`)).toEqual([
    'y bad',
    'new missing',
    'm too-old',
    'b proven',
    'z proven',
    'a retired',
  ]);
  expect([model.troubled.length, model.proven, model.retired]).toEqual([3, 2, 1]);
});
