/** The figures of a run (pause, sizes, recovery time, read speed), in the order a reader asks for them. */
import { formatDuration, secondsBetween } from '../../runtime/format.ts';
import type { Report } from '../report.ts';
import { dumpFacts } from './dump-text.ts';
import type { Fact } from './fact.ts';
import { patrolFacts } from './patrol-text.ts';
import { rotationFacts } from './rotation-text.ts';
import { volumeFacts } from './volume-text.ts';

export function facts(report: Report): readonly Fact[] {
  if (report.rotation) return rotationFacts(report.rotation);
  const isDump = report.action === 'db-dump' || report.action === 'anonymize';
  const { startedAt, endedAt, receiptLocation } = report;
  return [
    ...(isDump
      ? dumpFacts(report)
      : ['doctor', 'watchdog', 'evidence'].includes(report.action)
        ? []
        : volumeFacts(report)),
    ...patrolFacts(report),
    { name: 'Whole run', value: formatDuration(secondsBetween(startedAt, endedAt)) },
    ...(receiptLocation === undefined ? [] : [{ name: 'Receipt', value: receiptLocation, literal: true }]),
  ];
}
