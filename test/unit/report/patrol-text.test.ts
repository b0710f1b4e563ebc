/** What the patrol's headline says, and what it never claims. */
import { expect, test } from '@jest/globals';
import type { PatrolReport } from '../../../src/domain/backup.ts';
import { patrolFacts, patrolHeadline } from '../../../src/report/render/patrol-text.ts';
import type { Report } from '../../../src/report/report.ts';

const none = { kept: 5, chosen: 1, overdue: 0, altered: 0, unprovable: 0, unprovableOld: 0, unread: 0, oldestDays: 3 };
const report = (more: Partial<PatrolReport>, outcome = 'done'): Report => {
  const patrol = { ...none, days: 30, neededSeconds: 0, budgetSeconds: 3600, ...more };
  return { outcome, dryRun: false, patrol } as unknown as Report;
};

test.each([
  [{}, 'Of 5 kept backups, 1 is proven again now; every last proof is younger than 30 days'],
  [
    { unprovable: 2, unprovableOld: 1 },
    'Of 5 kept backups, 1 is proven again now; 2 are not looked at, 1 of them not proven for more than 30 days; every last proof of the others is younger than 30 days',
  ],
  [
    { kept: 2, chosen: 0, unprovable: 2, unprovableOld: 2 },
    'Of 2 kept backups, 0 are proven again now; 2 are not looked at, 2 of them not proven for more than 30 days',
  ],
])('the headline of %j', (more, headline) => expect(patrolHeadline(report(more))).toBe(headline));

test('what could not be read is said before all is called proven, and figures are in the summary', () => {
  expect(patrolHeadline(report({ unread: 1 }, 'failed'))).toContain('Not everything could be read');
  expect(patrolFacts(report({ unprovable: 2, unprovableOld: 1, unread: 1 }))).toEqual(
    expect.arrayContaining([
      { name: 'Not looked at', value: '2; not proven for more than 30 days: 1' },
      { name: 'Could not be read', value: '1' },
    ]),
  );
});
