/** The patrol's part of the summary: headline and figures. Plain text, not escaped. */
import { formatCount, formatDuration, plural } from '../../runtime/format.ts';
import type { Report } from '../report.ts';
import type { Fact } from './fact.ts';

export function patrolHeadline({ outcome, patrol, dryRun }: Report): string {
  if (patrol === undefined) return 'The kept backups could not be read';
  const { kept, chosen, overdue, altered, days } = patrol;
  const many = plural(kept, 'kept backup');
  if (altered > 0)
    return `Of ${many}, ${altered} ${altered === 1 ? 'is' : 'are'} not what ${altered === 1 ? 'it was' : 'they were'}`;
  if (overdue > 0)
    return `Of ${many}, ${overdue} ${overdue === 1 ? 'was' : 'were'} not proven for more than ${days} days`;
  if (outcome === 'failed') return 'The patrol failed';
  return `Of ${many}, ${chosen} ${dryRun ? 'would be' : chosen === 1 ? 'is' : 'are'} proven again now; every last proof is younger than ${days} days`;
}

export function patrolFacts({ patrol }: Report): readonly Fact[] {
  if (patrol === undefined) return [];
  const { kept, chosen, oldestDays, days, neededSeconds, budgetSeconds } = patrol;
  return [
    { name: 'Kept backups', value: formatCount(kept) },
    { name: 'To be proven now', value: formatCount(chosen) },
    { name: 'Oldest last proof', value: `${oldestDays.toFixed(1)} days, of ${days} allowed` },
    { name: 'Budget', value: `${formatDuration(budgetSeconds)}; needed in each run: ${formatDuration(neededSeconds)}` },
  ];
}
