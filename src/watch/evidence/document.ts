/** evidence.json: its form, from which docs/evidence.schema.json and the types come. Times are ISO 8601, lengths seconds, sizes bytes. */
import { z } from 'zod';

const time = z.iso.datetime();
const day = z.iso.date();
const seconds = z.number().nonnegative();
const count = z.int().nonnegative();
const verdict = z.enum(['good', 'bad', 'unproven']);
const kind = z.enum(['volume-snapshot', 'rotation-snapshot', 'database-dump']);

/** Where a backup is known from. */
const basis = z
  .enum(['receipts', 'tags'])
  .describe('receipts: JSON documents that the backup runs write; tags: of snapshots in AWS');

const schedule = z.strictObject({
  expression: z.string().describe('Five fields of cron'),
  timeZone: z.string(),
  workflow: z.string(),
  everyHours: z.int().optional().describe('Of a rotation: runs within so many hours make one backup together'),
  since: time.describe('When it was read first: what was promised before is not known'),
  until: time.optional().describe('When it was no longer there'),
});

const runs = z.strictObject({
  promised: count.describe('Runs that the schedules name in the period'),
  made: count.describe(
    'A backup is known that was made within the allowance; of a server or an instance, of each database or volume',
  ),
  recorded: count.describe('The backup is no longer known; the day is written down as one with a backup'),
  missed: count.describe(
    'It is known that no backup was made within the allowance, or none that can be restored; of a server or an instance, of any database or volume',
  ),
  unknown: count.describe(
    'Retention may have deleted the backup with its receipt, and what was written down of the day, if anything, does not tell',
  ),
  notDue: count.describe('The allowance is not over'),
});

const gap = z.strictObject({
  part: z
    .string()
    .optional()
    .describe('The database of a server, or the volume of an instance, that has the gap; absent when all have it'),
  from: time.describe('The first promised run that was missed'),
  until: time.optional().describe('The next backup'),
  open: z.boolean().describe('Whether there is still none'),
  seconds: seconds.optional().describe('From the missed run to the next backup, or to the making of this document'),
  missedRuns: count,
  lastBackup: time.optional().describe('The last backup before it that is known'),
});

const proof = z.strictObject({
  at: time,
  verdict,
  recoverySeconds: seconds
    .optional()
    .describe('From the start of the restore to the first served query, or to its end'),
  run: z.string().describe('Address of the run that proved, or its key'),
  findings: z.array(z.string()),
});

const backup = z.strictObject({
  takenAt: time,
  id: z.string().describe('Snapshot, or key of the receipt'),
  region: z.string(),
  bytes: z.number().nonnegative().optional(),
  basis,
  kept: z.boolean().describe('Whether it can still be restored'),
  deletedAt: time.optional().describe('When retention deleted its receipt'),
  pinned: z.boolean(),
  label: z.string().optional(),
  run: z.string().optional().describe('Address of the run that made it'),
  commit: z.string().optional().describe('Of the repository whose run made it'),
  madeBy: z.string().optional().describe('Version of Holdfast'),
  problem: z.string().optional().describe('Why it cannot be restored as it should'),
  verdict,
  compared: z
    .array(z.strictObject({ what: z.string(), verdict, compared: count.describe('Figures or checks compared') }))
    .describe('What its last proof that reached a verdict restored and compared'),
  proofs: z.array(proof).describe('Newest first'),
});

const restoreTimes = z.strictObject({
  measured: count,
  shortest: seconds.optional(),
  median: seconds.optional(),
  longest: seconds.optional(),
  target: seconds.optional(),
  beyondTarget: count.optional(),
});

const source = z.strictObject({
  source: z.string(),
  kind,
  instance: z.string().optional(),
  names: z.array(z.string()).describe('Further names that its backups have: an instance that was renamed'),
  repository: z.string().optional().describe('Whose workflow files promise it'),
  promised: z.boolean().describe('Whether it is promised today'),
  schedules: z.array(schedule),
  allowanceSeconds: seconds.optional().describe('How long after its run a backup may come'),
  rpoSeconds: seconds.optional(),
  runs,
  gaps: z.array(gap),
  backups: z.array(backup).describe('Taken in the period, newest first; without copies'),
  copies: z.array(z.strictObject({ region: z.string(), backups: count })).describe('Copies in other regions'),
  proofs: z.strictObject({ good: count, bad: count, unproven: count }).describe('Proofs made in the period'),
  restoreTimes: restoreTimes.describe('Of good proofs made in the period'),
  notKnown: z.array(z.string()),
});

const setting = z.strictObject({ workflow: z.string(), place: z.string(), setting: z.string(), value: z.string() });
const change = z.strictObject({
  workflow: z.string(),
  place: z.string(),
  setting: z.string(),
  before: z.string().optional().describe('Absent: not set; the default of the action, or a variable, counted'),
  after: z.string().optional(),
  at: time.describe('When it was committed, or merged'),
  author: z.string(),
  commit: z.string(),
  url: z.string(),
});

const accountChange = z.strictObject({
  at: time.describe('The first call'),
  last: time,
  calls: count,
  event: z.string(),
  region: z.string(),
  who: z.string().describe('Role and session, user, or service of AWS'),
  own: z.boolean().describe("Whether the session is named as those of Holdfast's own runs are"),
  resources: z.array(z.string()).describe('At most 20 of them'),
  detail: z.string().optional().describe('Tags, or the configuration, as CloudTrail has them'),
  refused: z.string().optional().describe('Code with which AWS refused the calls'),
});

const account = z.strictObject({
  covered: z
    .strictObject({ from: time, until: time })
    .optional()
    .describe('Which part of the period was read; absent when none could be'),
  regions: z.array(z.string()),
  changes: z.array(accountChange).describe('Calls that changed how long backups are kept, or tried to; oldest first'),
});

export const document = z.strictObject({
  format: z.literal('holdfast-evidence/1'),
  control: z.strictObject({
    standard: z.literal('ISO/IEC 27001:2022'),
    annexA: z.literal('8.13'),
    title: z.literal('Information backup'),
  }),
  period: z.strictObject({ from: day, to: day, timeZone: z.literal('UTC') }),
  madeAt: time,
  madeBy: z.string(),
  run: z.string().optional().describe('Address of the run that made this document'),
  receiptBucket: z.string(),
  sources: z.array(source),
  repositories: z.array(
    z.strictObject({
      repository: z.string(),
      retention: z
        .array(setting)
        .describe('Inputs of workflow files that say how long backups are kept, at the end of the period'),
      changes: z.array(change).describe('Commits of the period that changed them, oldest first'),
      runs: z
        .array(z.strictObject({ workflow: z.string(), total: count, succeeded: count, failed: count }))
        .describe('Runs of the period as GitHub lists them'),
    }),
  ),
  account: account.optional().describe("What CloudTrail's event history says; absent when it was not asked"),
  statements: z
    .array(z.strictObject({ about: z.string(), from: z.string() }))
    .describe('Where the statements of this document come from'),
  notKnown: z.array(z.string()),
});

export type Evidence = z.infer<typeof document>;
export type EvidenceSource = z.infer<typeof source>;
export type EvidenceDocumentBackup = z.infer<typeof backup>;

/** docs/evidence.schema.json. */
export function evidenceSchema(): unknown {
  return z.toJSONSchema(document, { target: 'draft-2020-12' });
}
