/** The inputs and outputs of evidence: action.yml, the README table and the parser come from here. */
import { systemClock } from '../../runtime/clock.ts';
import { defineInputs, type OutputDefinition, oneOf, type SettingsOf, text } from '../../runtime/inputs.ts';
import { readPeriod } from '../../watch/evidence/period.ts';
import { accessInputs, reportInputs, sourceInputs } from '../common/inputs.ts';

export const description =
  'Writes what an auditor asks for about backups in a period (ISO/IEC 27001:2022, A.8.13): schedules, backups, proofs, gaps, restore times, retention and who changed it, as HTML and JSON with a manifest.';

const { 'ssm-documents': _documents, ...access } = accessInputs;

const day = { pattern: /^\d{4}-\d\d-\d\d$/, allowed: 'a day such as 2026-01-31' } as const;

const definitions = {
  ...access,
  'receipt-bucket': sourceInputs['receipt-bucket'],
  from: text({
    description: 'First day of the period (UTC). With to; without both, the last whole month or quarter.',
    ...day,
  }),
  to: text({ description: 'Last day of the period (UTC), which counts in full.', ...day }),
  last: oneOf(['month', 'quarter'], {
    description: 'The period without from and to: the month or the quarter before the present one.',
    default: 'month',
  }),
  folder: text({
    description: 'Folder of the runner for the files; from the workspace on, when it is no absolute path.',
    default: 'holdfast-evidence',
    pattern: /^[^\n\0]+$/,
    allowed: 'a path',
  }),
  ...reportInputs,
} as const;

export const inputs = defineInputs(definitions, [
  ({ from, to }) => {
    if (from === undefined || to === undefined || (from === '' && to === '')) return [];
    const read = readPeriod({ from, to }, systemClock.now());
    return 'problems' in read ? read.problems : [];
  },
]);

export type Settings = SettingsOf<typeof inputs>;

export const outputs: Readonly<Record<string, OutputDefinition>> = {
  folder: {
    description: 'Folder with evidence.html, evidence.json, manifest.json and SHA256SUMS. Empty in a dry run.',
  },
  period: { description: 'Its first and last day: 2026-01-01-2026-01-31.' },
  gaps: { description: 'Number of gaps: promised runs in a row that made no backup.' },
};
