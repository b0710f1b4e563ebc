import { describe, expect, test } from '@jest/globals';
import { reportOf } from '../../../../src/actions/watchdog/rows.ts';
import { renderSeries } from '../../../../src/report/render/datadog.ts';
import type { Report } from '../../../../src/report/report.ts';
import { definitions, metricsOf } from '../../../../src/watch/metrics/metrics.ts';
import { type Family, metricsText } from '../../../../src/watch/metrics/text.ts';
import { watch } from '../../../../src/watch/watchdog/watchdog.ts';
import { good } from '../../report/samples.ts';
import { backup, promised } from '../watchdog/given.ts';

const now = new Date('2026-06-10T20:00:00.000Z');
const run = { key: 'k', url: 'https://github.example/r' };

const watched = (unread: { what: string; reason: string; hides: readonly ['database-dump'] }[] = []) =>
  watch({
    now,
    promises: [
      promised({ targets: { allowanceSeconds: 43_200, rpoSeconds: 93_600, rtoSeconds: 60 } }),
      promised({ source: 'crm', targets: { allowanceSeconds: 3600 } }),
    ],
    inventory: {
      backups: [
        backup('2026-06-10T03:20:00Z', {
          bytes: 5_000_000,
          pauseSeconds: 0.42,
          proofs: [{ at: '2026-06-10T03:40:00Z', verdict: 'good', run, recoverySeconds: 61.5 }],
        }),
      ],
      unread,
    },
  });

const valuesOf = (families: readonly Family[], source: string) =>
  Object.fromEntries(
    families.flatMap(({ name, samples }) =>
      samples.filter(({ labels }) => labels.source === source).map(({ value }) => [name, value]),
    ),
  );

describe('the metrics', () => {
  test('say of each source when it was backed up and proven, how large and slow it is, and what is wrong', () => {
    const families = metricsOf({ watched: watched(), now, version: '1.2.3' });
    expect(valuesOf(families, 'orders')).toEqual({
      holdfast_backup_missing: 0,
      holdfast_backup_too_old: 0,
      holdfast_restore_too_slow: 1,
      holdfast_source_readable: 1,
      holdfast_last_backup_timestamp_seconds: Date.parse('2026-06-10T03:20:00Z') / 1000,
      holdfast_last_proven_backup_timestamp_seconds: Date.parse('2026-06-10T03:20:00Z') / 1000,
      holdfast_last_proof_timestamp_seconds: Date.parse('2026-06-10T03:40:00Z') / 1000,
      holdfast_next_backup_timestamp_seconds: Date.parse('2026-06-11T03:17:00Z') / 1000,
      holdfast_backup_size_bytes: 5_000_000,
      holdfast_restore_duration_seconds: 61.5,
      holdfast_backup_pause_seconds: 0.42,
      holdfast_rpo_target_seconds: 93_600,
      holdfast_rto_target_seconds: 60,
      holdfast_allowance_seconds: 43_200,
    });
    expect(valuesOf(families, 'crm')).toMatchObject({ holdfast_backup_missing: 1, holdfast_source_readable: 1 });
  });

  test('do not call a source missing that could not be read', () => {
    const unread = [{ what: 'receipts', reason: 'denied', hides: ['database-dump'] as const }];
    const families = metricsOf({ watched: watched(unread), now, version: '1.2.3' });
    const crm = valuesOf(families, 'crm');
    expect(crm.holdfast_source_readable).toBe(0);
    expect(crm).not.toHaveProperty('holdfast_backup_missing');
  });

  test('have names with their base unit, and none that Prometheus keeps for counters or histograms', () => {
    for (const { name, unit, help } of definitions) {
      expect(name).toMatch(/^holdfast_[a-z_]+$/);
      if (unit !== undefined) expect(name.endsWith(`_${unit}`)).toBe(true);
      expect(name).not.toMatch(/_(total|sum|count|bucket|info|created)$|_(minutes|hours|days|ms|kb|mb)\b/);
      expect(help).toMatch(/\.$/);
    }
    expect(new Set(definitions.map(({ name }) => name)).size).toBe(definitions.length);
  });

  test('are told of each instance, also of two that are called alike', () => {
    const instance = (instanceId: string) => promised({ source: 'web', kind: 'rotation-snapshot', instanceId });
    const alike = watch({ now, promises: ['i-1', 'i-2'].map(instance), inventory: { backups: [], unread: [] } });
    const [missing] = metricsOf({ watched: [...alike, ...watched()], now, version: '1.2.3' });
    const labels = missing?.samples
      .map((one) => one.labels)
      .toSorted((a, b) => ((a.instance_id ?? '') < (b.instance_id ?? '') ? -1 : 1));
    expect(labels).toEqual([
      { source: 'orders', kind: 'database-dump' },
      { source: 'crm', kind: 'database-dump' },
      { source: 'web', kind: 'rotation-snapshot', instance_id: 'i-1' },
      { source: 'web', kind: 'rotation-snapshot', instance_id: 'i-2' },
    ]);
    const nothing = { notLookedInto: [], targetFaults: [], unread: [], problems: [], unwatched: [] };
    const watchReport = reportOf(alike, nothing, { unread: [] });
    const series = renderSeries({ ...good, action: 'watchdog', watch: watchReport } as Report);
    const missingByTags = series.filter(({ metric }) => metric === 'holdfast_backup_missing').map(({ tags }) => tags);
    expect(missingByTags).toEqual(
      ['i-1', 'i-2'].map((id) => ['source:web', 'kind:rotation-snapshot', `instance_id:${id}`]),
    );
  });

  test('are told once for each set of labels, also when two repositories promise a source', () => {
    const twice = [...watched(), ...watched()];
    const [family] = metricsOf({ watched: twice, now, version: '1.2.3' });
    expect(family?.samples).toHaveLength(2);
  });
});

describe('the text', () => {
  const family: Family = {
    name: 'holdfast_backup_size_bytes',
    help: 'A "size",\nof \\ bytes.',
    unit: 'bytes',
    samples: [
      { labels: { source: 'a\\b"c\nd', kind: 'é\ud800' }, value: 1e21 },
      { labels: {}, value: Number.POSITIVE_INFINITY },
    ],
  };

  test('of Prometheus escapes labels and help, and has no end', () => {
    expect(metricsText([family, { name: 'x', help: 'none', samples: [] }], 'prometheus')).toBe(
      '# HELP holdfast_backup_size_bytes A "size",\\nof \\\\ bytes.\n' +
        '# TYPE holdfast_backup_size_bytes gauge\n' +
        'holdfast_backup_size_bytes{source="a\\\\b\\"c\\nd",kind="é\ufffd"} 1e+21\n' +
        'holdfast_backup_size_bytes +Inf\n',
    );
  });

  test('of OpenMetrics names the unit and ends with EOF', () => {
    const text = metricsText([family], 'openmetrics');
    expect(text).toContain('# HELP holdfast_backup_size_bytes A \\"size\\",\\nof');
    expect(text).toContain('\n# UNIT holdfast_backup_size_bytes bytes\n');
    expect(text.endsWith('\n# EOF\n')).toBe(true);
    expect(metricsText([], 'openmetrics')).toBe('# EOF\n');
  });
});
