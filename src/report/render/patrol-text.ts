/** The patrol's part of the summary: headline and figures. Plain text, not escaped. */
import type { PatrolReport } from '../../domain/backup.ts';
import { formatCount, formatDuration, plural } from '../../runtime/format.ts';
import type { Report } from '../report.ts';
import type { Fact } from './fact.ts';

export function patrolHeadline({ outcome, patrol, dryRun }: Report): string {
  if (patrol === undefined) return 'The kept backups could not be read';
  const { kept, chosen, overdue, altered, days, unread } = patrol;
  const many = plural(kept, 'kept backup');
  if (altered > 0)
    return `Of ${many}, ${altered} ${altered === 1 ? 'is' : 'are'} not what ${altered === 1 ? 'it was' : 'they were'}`;
  if (overdue > 0)
    return `Of ${many}, ${overdue} ${overdue === 1 ? 'was' : 'were'} not proven for more than ${days} days`;
  if (unread > 0) return `Not everything could be read: beside ${many}, others may be lost or unproven`;
  if (outcome === 'failed') return 'The patrol failed';
  const now = `Of ${many}, ${chosen} ${dryRun ? 'would be' : chosen === 1 ? 'is' : 'are'} proven again now`;
  return `${now}; ${proofs(patrol)}`;
}

/** What nobody looked at is never said to be proven. */
function proofs({ kept, unprovable, unprovableOld: old, days }: PatrolReport): string {
  const young = `last proof${unprovable === 0 ? '' : ' of the others'} is younger than ${days} days`;
  if (unprovable === 0) return `every ${young}`;
  const left = `${unprovable} ${unprovable === 1 ? 'is' : 'are'} not looked at, ${old} of them not proven for more than ${days} days`;
  return unprovable === kept ? left : `${left}; every ${young}`;
}

export function patrolFacts({ patrol }: Report): readonly Fact[] {
  if (patrol === undefined) return [];
  const { kept, chosen, oldestDays, days, neededSeconds, budgetSeconds, unprovable, unprovableOld, unread } = patrol;
  return [
    { name: 'Kept backups', value: formatCount(kept) },
    { name: 'To be proven now', value: formatCount(chosen) },
    ...(unprovable > 0
      ? [
          {
            name: 'Not looked at',
            value: `${formatCount(unprovable)}; not proven for more than ${days} days: ${formatCount(unprovableOld)}`,
          },
        ]
      : []),
    ...(unread > 0 ? [{ name: 'Could not be read', value: formatCount(unread) }] : []),
    { name: 'Oldest last proof', value: `${oldestDays.toFixed(1)} days, of ${days} allowed` },
    { name: 'Budget', value: `${formatDuration(budgetSeconds)}; needed in each run: ${formatDuration(neededSeconds)}` },
  ];
}
