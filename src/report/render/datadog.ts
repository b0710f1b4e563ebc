/**
 * The run's figures as Datadog series (API v2). `infobright_backup_valid` keeps the name that dashboards and monitors
 * of the replaced system use; it is sent for a verdict only, so that trouble with the machinery shows as "no data".
 */

import type { RotationReport } from '../../domain/rotation.ts';
import type { Report } from '../report.ts';
import { oneLine } from './escape.ts';
import { snapshotsIn } from './rotation-text.ts';
import { snapshotId } from './volume-text.ts';

/** Datadog's sites; a key is valid on one of them only. */
export const datadogSites = [
  'datadoghq.com',
  'us3.datadoghq.com',
  'us5.datadoghq.com',
  'datadoghq.eu',
  'ap1.datadoghq.com',
  'ap2.datadoghq.com',
  'uk1.datadoghq.com',
  'ddog-gov.com',
] as const;

export interface Series {
  readonly metric: string;
  /** 3 is Datadog's number for a gauge. */
  readonly type: 3;
  /** Timestamps in whole seconds. */
  readonly points: readonly { readonly timestamp: number; readonly value: number }[];
  readonly tags: readonly string[];
  readonly unit?: string;
}

/** Datadog keeps 200 characters of a tag, and cuts it at a comma. */
function tag(key: string, value: string): string {
  return Array.from(`${key}:${oneLine(value).replaceAll(',', '_')}`)
    .slice(0, 200)
    .join('');
}

/** The series of this run; empty for a plan and for a run that measured nothing. */
export function renderSeries(report: Report): readonly Series[] {
  if (report.outcome === 'dry-run' || (report.outcome === 'nothing-to-do' && !report.rotation)) return [];
  // Of a list there is nothing to measure.
  if (report.databases) return [];
  const timestamp = Math.floor(Date.parse(report.endedAt) / 1000);
  const snapshot = snapshotId(report);
  const tags = [
    tag('source', report.source),
    ...(report.rotation ? [tag('region', report.rotation.region)] : []),
    ...(snapshot === undefined ? [] : [tag('snapshot', snapshot)]),
  ];
  const series: Series[] = [];
  const gauge = (metric: string, value: number | undefined, unit?: string): void => {
    if (value === undefined || !Number.isFinite(value)) return;
    series.push({ metric, type: 3, points: [{ timestamp, value }], tags, ...(unit === undefined ? {} : { unit }) });
  };
  if (report.rotation) {
    rotationGauges(report.rotation, gauge);
    return series;
  }
  if (report.watch) return watchSeries(report, timestamp);
  if (report.action === 'db-dump' || report.action === 'anonymize') {
    dumpGauges(report, gauge);
    return series;
  }
  if (report.action === 'ib-snapshot') {
    gauge('infobright_backup_pause_seconds', report.receipt?.quiesce.pauseSeconds, 'second');
    return series;
  }
  // A snapshot of the rotation is proven by its filesystems alone: no database, no receipt.
  if (report.action === 'verify-volume' && report.receipt === undefined) return series;
  if (report.verdict === 'good' || report.verdict === 'bad') {
    gauge('infobright_backup_valid', report.verdict === 'good' ? 1 : 0);
  }
  gauge('infobright_backup_recovery_seconds', report.verification?.recoverySeconds, 'second');
  gauge('infobright_backup_bytes_read', report.verification?.read?.bytes, 'byte');
  return series;
}

/** Of each source its age; a source that could not be read has no `holdfast_backup_missing`, which shows as "no data". */
function watchSeries({ watch }: Report, timestamp: number): readonly Series[] {
  return (watch?.rows ?? []).flatMap((row) => {
    const instance = row.instanceId === undefined ? [] : [tag('instance_id', row.instanceId)];
    const tags = [tag('source', row.source), tag('kind', row.kind), ...instance];
    const gauge = (metric: string, value: number | undefined, unit?: string): Series[] =>
      value === undefined
        ? []
        : [{ metric, type: 3, points: [{ timestamp, value }], tags, ...(unit === undefined ? {} : { unit }) }];
    const age = (time: string | undefined): number | undefined =>
      time === undefined ? undefined : timestamp - Math.floor(Date.parse(time) / 1000);
    const missing = watch?.troubles.some(({ key, failure }) => key === row.key && failure === 'missing');
    return [
      ...gauge('holdfast_backup_age_seconds', age(row.newest), 'second'),
      ...gauge('holdfast_proven_age_seconds', age(row.proven), 'second'),
      ...gauge('holdfast_backup_missing', row.state === 'unknown' ? undefined : Number(missing)),
    ];
  });
}

/** `dump_valid` is sent for a verdict only, as the volume's is. */
function dumpGauges(
  { verdict, dump }: Report,
  gauge: (metric: string, value: number | undefined, unit?: string) => void,
): void {
  if (verdict === 'good' || verdict === 'bad') gauge('dump_valid', verdict === 'good' ? 1 : 0);
  const receipt = dump?.receipt;
  gauge('dump_recovery_seconds', receipt?.proof.find((row) => row.kind === 'archive')?.restoreSeconds, 'second');
  gauge('dump_bytes', receipt?.files.find((file) => file.kind === 'archive')?.size, 'byte');
  gauge('dump_warnings', dump?.warnings.length);
}

/** Sent by every run, also one with nothing to do, so that "no data" means that the rotation does not run. */
function rotationGauges(rotation: RotationReport, gauge: (metric: string, value: number | undefined) => void): void {
  gauge('ebs_rotate_created', snapshotsIn(rotation));
  gauge('ebs_rotate_copied', rotation.copied.length);
  gauge('ebs_rotate_expired', rotation.expired.length);
  gauge('ebs_rotate_kept', rotation.cost?.snapshots);
  gauge('ebs_rotate_troubles', rotation.failures.length + rotation.problems.length);
}
