/** What to do about a source in trouble: where to look, what to start, how to get the data back. */
import type { KeptBackup } from '../../../domain/backup.ts';
import type { PageSettings, Trouble } from '../model/input.ts';
import type { SourceModel } from '../model/source.ts';
import { type Html, html, link } from './html.ts';

/** Sections of docs/runbook.md by trouble; a test holds the two together. */
export const runbookAnchors: Readonly<Record<Trouble, { readonly dump: string; readonly volume: string }>> = {
  bad: { dump: 'the-dump-is-bad', volume: 'the-verdict-is-bad' },
  missing: { dump: 'a-backup-is-missing', volume: 'a-backup-is-missing' },
  'too-old': { dump: 'a-backup-is-missing', volume: 'a-backup-is-missing' },
  unproven: { dump: 'the-dump-is-unproven', volume: 'the-verdict-is-unproven' },
  'too-slow': { dump: 'a-restore-takes-too-long', volume: 'a-restore-takes-too-long' },
  unknown: { dump: 'aws-refused-a-call', volume: 'aws-refused-a-call' },
};

/** Each a sentence or a link; the command last. */
export function steps(source: SourceModel, trouble: Trouble, settings: PageSettings): readonly Html[] {
  const { workflow, repositoryUrl } = source.promise ?? {};
  const anchors = runbookAnchors[trouble];
  const run = trouble === 'bad' || trouble === 'unproven' ? runOf(source.newest) : undefined;
  const section = source.kind === 'database-dump' ? anchors.dump : anchors.volume;
  return [
    run !== undefined && html`${link(run, 'The run that found it')}`,
    repositoryUrl !== undefined &&
      workflow !== undefined &&
      html`${link(`${repositoryUrl}/actions/workflows/${inAddress(workflow)}`, `Runs of ${workflow}`)}: look at the last one, and start one by hand`,
    runbook(settings, section),
  ].filter((step) => step !== false);
}

function runbook({ docsUrl, runbookUrl }: PageSettings, section: string): Html | false {
  const page = runbookUrl ?? (docsUrl === undefined ? undefined : `${docsUrl}/runbook.md`);
  if (page === undefined) return false;
  return html`${link(page.includes('#') ? page : `${page}#${section}`, 'Run book: what it means, what to do')}`;
}

function runOf(backup: KeptBackup | undefined): string | undefined {
  return backup?.proofs[0]?.run.url ?? backup?.runUrl;
}

/** A part of an address. Names are foreign, and may hold halves of characters. */
function inAddress(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll("'", '%27');
}

/** What a shell takes as one word. */
function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The command that begins to bring the data back. */
export function restoreCommand(backup: KeptBackup, settings: PageSettings): string {
  const { region, source } = backup;
  if (backup.kind !== 'database-dump')
    return `aws ec2 create-volume --region ${word(region)} --snapshot-id ${word(backup.id)} --availability-zone ZONE --volume-type gp3`;
  const bucket = settings.receiptBucket ?? 'BUCKET';
  return `npm run restore -- --source ${word(source)} --region ${word(region)} --receipt-bucket ${word(bucket)} --at ${word(backup.takenAt)} --to URL`;
}

/** The page that has the rest of the restore. */
export function restorePage({ kind }: Pick<KeptBackup, 'kind'>, { docsUrl }: PageSettings): string | undefined {
  if (docsUrl === undefined) return undefined;
  return `${docsUrl}/restore.md#${kind === 'database-dump' ? 'a-database-from-a-dump' : 'a-volume-from-a-snapshot'}`;
}
