/** The dump's part of the summary: its files, what differs from the last good one, what was anonymised. */

import type { ProvenAgain } from '../../domain/backup.ts';
import type { ChangeRow, DumpFileKind, DumpReceipt, MaskedReport, ProofRow } from '../../domain/dump.ts';
import { engineWords } from '../../domain/engine.ts';
import { formatBytes, formatCount, formatDuration, formatTime, plural } from '../../runtime/format.ts';
import type { Report } from '../report.ts';
import type { Detail } from './detail.ts';
import { code, markdown } from './escape.ts';
import type { Fact } from './fact.ts';
import { table } from './table.ts';

const section = (title: string, content: string): string => (content === '' ? '' : `### ${title}\n\n${content}`);

const verdictWords = { good: '✅ good', bad: '❌ bad', unproven: '⚠️ unproven' } as const;

/** What nobody should overlook: above everything else, in a box of its own. */
export function warningsBlock(report: Report, detail: Detail): string {
  const warnings = report.dump?.warnings ?? [];
  if (warnings.length === 0) return '';
  const shown = warnings.slice(0, detail.rows).map((text) => `> - ${markdown(text, detail.cell)}`);
  const left = warnings.length - shown.length;
  return ['> [!WARNING]', ...shown, ...(left > 0 ? [`> - ${plural(left, 'more warning')} not shown`] : [])].join('\n');
}

export function dumpBlock(report: Report, detail: Detail): string {
  const { dump } = report;
  const masked = report.masked ?? dump?.receipt?.masked;
  return [
    dump?.receipt ? filesBlock(dump.receipt, dump.changes, detail) : '',
    dump?.receipt ? findingsBlock(dump.receipt, detail) : '',
    dump ? changesBlock(dump.changes, dump.before, detail) : '',
    masked ? maskedBlock(masked, detail) : '',
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

function filesBlock(receipt: DumpReceipt, changes: readonly ChangeRow[], detail: Detail): string {
  return section(
    'Files',
    table({
      headings: ['File', 'Where', 'Size', 'Before', 'Restored in', 'Verdict', 'SHA-256'],
      items: receipt.files,
      row: (file) => {
        const proof = receipt.proof.find((row) => row.kind === file.kind);
        const before = changes.find((change) => change.what === `bytes of the ${file.kind} file`)?.before;
        return [
          file.kind,
          code(`s3://${file.bucket}/${file.key}`, detail.cell),
          formatBytes(file.size),
          before === undefined ? '–' : `${formatBytes(before)} (${signed(before, file.size)})`,
          proof ? formatDuration(proof.restoreSeconds) : '–',
          verdictWords[proof?.verdict ?? 'unproven'],
          code(file.sha256.slice(0, 12)),
        ];
      },
    }),
  );
}

/** Why a file is not good, and what a reader should know of its proof. */
function findingsBlock(receipt: DumpReceipt, detail: Detail): string {
  const findings = receipt.proof.flatMap((row) => row.findings.map((text) => ({ kind: row.kind, text })));
  const found = table({
    headings: ['File', 'Finding'],
    items: findings,
    row: (one) => [one.kind, markdown(one.text, detail.cell)],
    limit: detail.rows,
    more: (left) => `${plural(left.length, 'more finding')} not shown; the receipt has them all`,
  });
  return section('What the restore found', [found, ...proofNotes(receipt.proof, detail)].filter(Boolean).join('\n\n'));
}

/** One note for each thing, whichever files it is about. */
function proofNotes(proof: readonly ProofRow[], detail: Detail): readonly string[] {
  const kinds = new Map<string, string[]>();
  for (const { kind, notes = [] } of proof)
    for (const note of notes) kinds.set(note, [...(kinds.get(note) ?? []), kind]);
  const lines = [...kinds].map(([note, of]) => `- ${of.join(', ')}: ${markdown(note, detail.cell)}`);
  const left = lines.length - detail.rows;
  const shown = [...lines.slice(0, detail.rows), ...(left > 0 ? [`- ${plural(left, 'more note')} not shown`] : [])];
  return shown.length === 0 ? [] : [shown.join('\n')];
}

/** Only what has changed; the striking first. */
function changesBlock(changes: readonly ChangeRow[], before: string | undefined, detail: Detail): string {
  const moved = changes.filter((change) => change.before !== change.now);
  if (before === undefined) return '';
  const title = `Against the last good dump (${formatTime(before)})`;
  if (moved.length === 0) return section(title, 'Sizes and counts are the same.');
  const show = (change: ChangeRow, value: number): string =>
    change.what.startsWith('bytes') ? formatBytes(value) : formatCount(value);
  return section(
    title,
    table({
      headings: ['Figure', 'Before', 'Now', 'Change'],
      items: moved,
      row: (one) => [
        `${one.striking ? '⚠️ ' : ''}${markdown(one.what, detail.cell)}`,
        show(one, one.before),
        show(one, one.now),
        signed(one.before, one.now),
      ],
      limit: Math.min(detail.rows, 30),
      more: (left) => plural(left.length, 'more change'),
    }),
  );
}

function maskedBlock(masked: MaskedReport, detail: Detail): string {
  const lines = [...masked.findings.map((text) => `found and left: ${text}`), ...masked.warnings];
  return [
    section(
      'Anonymised',
      table({
        headings: ['Table', 'Rule', 'Values'],
        items: masked.counts,
        row: (one) => [code(one.table, detail.cell), one.rule, formatCount(one.count)],
        limit: detail.rows,
        more: (left) => `${plural(left.length, 'more line')} not shown`,
      }) || 'Nothing had to be changed.',
    ),
    lines
      .slice(0, detail.rows)
      .map((text) => `- ${markdown(text, detail.cell)}`)
      .join('\n'),
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

/** `+3.2 %`. */
function signed(before: number, now: number): string {
  if (before === now) return 'the same';
  if (before === 0) return 'new';
  const share = ((now - before) / before) * 100;
  return `${share > 0 ? '+' : '−'}${Math.abs(share).toFixed(Math.abs(share) < 10 ? 1 : 0)} %`;
}

export function dumpFacts(report: Report): readonly Fact[] {
  const receipt = report.dump?.receipt;
  const masked = report.masked;
  const found: Fact[] = [];
  if (receipt) {
    const { tables } = receipt.fingerprint;
    const { table: one, row, ...words } = engineWords(receipt.engine);
    const rows = tables.reduce((sum, of) => sum + Number(of.rows), 0);
    found.push(
      { name: 'Point in time', value: formatTime(receipt.takenAt) },
      {
        name: 'Database',
        value: `${receipt.database}, ${receipt.product ?? words.product} ${receipt.versions.server}${receipt.place === 'runner' ? '' : `, dumped on ${receipt.place}`}`,
      },
      { name: 'Size', value: sizes(receipt) },
      { name: 'Fingerprint', value: `${plural(tables.length, one)}, ${plural(rows, row)}` },
      ...markFacts(receipt),
    );
    const seconds = receipt.proof.find((row) => row.kind === 'archive')?.restoreSeconds;
    if (seconds !== undefined)
      found.push({ name: 'Recovery time', value: `${formatDuration(seconds)} to restore the archive` });
  }
  if (masked)
    found.push({
      name: 'Anonymised',
      value: `${formatBytes(masked.readBytes)} read, ${formatBytes(masked.writtenBytes)} written`,
    });
  return found;
}

/** What somebody said of the dump, and what its data belongs to. */
function markFacts({ keepForever, label, applicationVersion, commit }: DumpReceipt): readonly Fact[] {
  return [
    ...(keepForever === true ? [{ name: 'Pinned', value: 'kept for ever: retention never deletes it' }] : []),
    ...(label === undefined ? [] : [{ name: 'Label', value: label }]),
    ...(applicationVersion === undefined ? [] : [{ name: 'Application', value: applicationVersion }]),
    ...(commit === undefined ? [] : [{ name: 'Commit', value: commit }]),
  ];
}

function sizes(receipt: DumpReceipt): string {
  const size = (kind: DumpFileKind): string | undefined => {
    const file = receipt.files.find((one) => one.kind === kind);
    return file && `${kind} ${formatBytes(file.size)}`;
  };
  return [size('archive'), size('plain'), size('anonymised')].filter(Boolean).join(', ');
}

export function dumpHeadline(report: Report): string {
  const { source, outcome, verdict, dump } = report;
  if (report.again) return againHeadline(report, report.again);
  if (outcome === 'dry-run') return `Plan for the dump of ${source} (dry run, nothing was changed)`;
  if (report.databases) return `The databases of ${source} are listed: ${report.databases.length} to dump`;
  if (dump?.receipt === undefined) return `The dump of ${source} was not taken`;
  const warnings = dump.warnings.length === 0 ? '' : `, with ${plural(dump.warnings.length, 'warning')}`;
  const empty = dump.empty === undefined ? '' : `, and empty (${dump.empty})`;
  if (verdict === 'good')
    return outcome === 'done'
      ? `The dump of ${source} is good${empty}: restored and compared${warnings}`
      : `The dump of ${source} is good, but the run failed afterwards`;
  if (verdict === 'bad') return `The dump of ${source} is bad: ${whyBad(dump.receipt.proof)}`;
  if (outcome === 'done') return `The dump of ${source} was taken, and not proven${warnings}`;
  return dump.receipt.proof.some(({ refused = 0 }) => refused > 0)
    ? `The dump of ${source} is unproven: the server refused parts of it`
    : `The dump of ${source} is unproven: it could not be tested`;
}

function againHeadline({ source, outcome, verdict, dump }: Report, { takenAt }: ProvenAgain): string {
  if (takenAt === undefined) return `No kept dump of ${source} was found to prove`;
  const which = `The dump of ${source} of ${formatTime(takenAt)}`;
  const proof = dump?.receipt?.proof ?? [];
  if (outcome === 'dry-run') return `Plan for proving the dump of ${source} of ${formatTime(takenAt)} (dry run)`;
  if (verdict === 'good') return `${which} is good still: restored and compared`;
  if (verdict === 'bad') return `${which} is bad: ${whyBad(proof)}`;
  const lost = proof.filter(({ gone }) => gone).map(({ kind }) => kind);
  if (lost.length > 0) return `${which} is lost: the ${lost.join(', the ')} file is not there any more`;
  return `${which} could not be proven again`;
}

function whyBad(proof: readonly ProofRow[]): string {
  const kinds = proof.filter((row) => row.verdict === 'bad').map((row) => row.kind);
  const compared = proof.some((row) => row.verdict === 'bad' && row.compared > 0);
  return `the ${kinds.join(', the ')} file ${compared ? 'was restored and found wrong' : 'cannot be read'}`;
}

export function anonymizeHeadline({ source, outcome, masked }: Report): string {
  if (outcome === 'dry-run') return `The rules fit ${source} (dry run, nothing was written)`;
  if (outcome === 'failed') return `${source} was not anonymised`;
  const count = masked?.counts.reduce((sum, one) => sum + one.count, 0) ?? 0;
  return `${source} is anonymised: ${plural(count, 'change')}`;
}
