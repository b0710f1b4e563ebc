/**
 * The job summary. GitHub shows nothing at all of a summary over 1 MiB, so it is rendered again with less detail until
 * it fits; each place where something was left out says so.
 */

import type { CheckOutcome, CheckResult } from '../../domain/verification.ts';
import { plural } from '../../runtime/format.ts';
import type { Report, ReportedError } from '../report.ts';
import { countChecks, worstCheck, worstFirst } from './checks.ts';
import type { Detail } from './detail.ts';
import { doctorBlock } from './doctor-text.ts';
import { dumpBlock, warningsBlock } from './dump-text.ts';
import { clip, code, fence, link, markdown, oneLine, plainText, tail } from './escape.ts';
import { facts } from './facts.ts';
import { gantt } from './gantt.ts';
import { headline, mark } from './headline.ts';
import { restoreBlock } from './restore-text.ts';
import { rotationBlock } from './rotation-text.ts';
import { runbookLink } from './runbook.ts';
import { table } from './table.ts';
import { watchBlock } from './watch-text.ts';

/** GitHub's limit for the summary of one step, in bytes. */
export const summaryLimit = 1024 * 1024;

const levels: readonly Detail[] = [
  { rows: 200, cell: 300, output: 16_000, steps: 60 },
  { rows: 50, cell: 200, output: 4_000, steps: 40 },
  { rows: 15, cell: 120, output: 1_500, steps: 20 },
  { rows: 3, cell: 60, output: 300, steps: 5 },
];

const outcomeWords: Record<CheckOutcome, string> = {
  passed: '✅ passed',
  failed: '❌ failed',
  'not-compared': '➖ not compared',
  unproven: '⚠️ not tried',
};

/** @param limit bytes this summary may take; what the step's file holds already is not counted here */
export function renderSummary(report: Report, limit: number = summaryLimit): string {
  for (const detail of levels) {
    const text = render(report, detail);
    if (Buffer.byteLength(text) <= limit) return text;
  }
  const short = `## ${mark(report)} ${markdown(headline(report), 200)}\n\nThe rest of this summary did not fit.\n`;
  return Buffer.byteLength(short) <= limit ? short : '';
}

function render(report: Report, detail: Detail): string {
  const blocks = [
    `## ${mark(report)} ${markdown(headline(report), 200)}`,
    warningsBlock(report, detail),
    errorBlock(report, detail),
    factsBlock(report, detail),
    checksBlock(report.verification?.checks ?? [], detail),
    rotationBlock(report, detail),
    dumpBlock(report, detail),
    restoreBlock(report),
    doctorBlock(report, detail),
    watchBlock(report, detail),
    planBlock(report, detail),
    section('Timeline', gantt(headline(report), report.timeline, detail.steps)),
    notesBlock(report, detail),
    linksLine(report),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function section(title: string, content: string): string {
  return content === '' ? '' : `### ${title}\n\n${content}`;
}

/** What happened, likely cause, fix; and the end of the output that shows it. */
export function errorBlock(report: Report, detail: Detail): string {
  const { obstacle } = report.verification ?? {};
  const error: ReportedError | undefined =
    report.error ?? (obstacle && { what: obstacle.message, ...(obstacle.fix ? { fix: obstacle.fix } : {}) });
  if (error === undefined) return '';
  const failingStep = report.failingStep ?? obstacle?.step;
  const lines = [labelled('What happened', error.what, detail)];
  if (failingStep !== undefined) lines.push(labelled('Step', failingStep, detail));
  if (error.likelyCause) lines.push(labelled('Likely cause', error.likelyCause, detail));
  if (error.fix) lines.push(labelled('Fix', error.fix, detail));
  if (error.detail && oneLine(error.detail) !== oneLine(error.what))
    lines.push(fence(tail(error.detail, detail.output)));
  return lines.join('\n\n');
}

/** One line of text after its label; further lines (a list of mistakes, YAML to add) as they are, in a block. */
function labelled(label: string, text: string, detail: Detail): string {
  const [first = '', ...rest] = plainText(text.slice(0, 20_000)).trim().split('\n');
  const line = `**${label}:** ${markdown(first, detail.cell * 3)}`;
  if (rest.length === 0) return line;
  return `${line}\n\n${fence(clip(rest.join('\n'), detail.cell * 10))}`;
}

/** The figures of the run as a table of two columns. */
export function factsBlock(report: Report, detail: Detail): string {
  return table({
    headings: ['', report.action === 'verify-volume' ? 'What was found' : 'What was done'],
    items: facts(report),
    row: ({ name, value, literal }) => [name, literal ? code(value, detail.cell) : markdown(value, detail.cell)],
  });
}

/** One row per check, the failing ones first, and the output of the worst. */
export function checksBlock(checks: readonly CheckResult[], detail: Detail): string {
  if (checks.length === 0) return '';
  const parts = [
    `${countChecks(checks)}.`,
    table({
      headings: ['Result', 'Check', 'Expected and found'],
      items: worstFirst(checks),
      row: (check) => [
        outcomeWords[check.outcome],
        markdown(check.name, detail.cell),
        markdown(check.detail, detail.cell),
      ],
      limit: detail.rows,
      more: (left) => `${plural(left.length, 'more check')} not shown: ${countChecks(left)}; the receipt has them all`,
    }),
  ];
  const worst = worstCheck(checks);
  if (worst?.output !== undefined && worst.output.trim() !== '') {
    parts.push(`End of the output of ${markdown(worst.name, detail.cell)}:`, fence(tail(worst.output, detail.output)));
  }
  return section('Checks', parts.join('\n\n'));
}

function planBlock(report: Report, detail: Detail): string {
  const content = table({
    headings: ['Decision', 'Reason'],
    items: report.plan,
    row: (line) => [markdown(line.decision, detail.cell), markdown(line.reason, detail.cell)],
    limit: detail.rows,
    more: (left) => `${plural(left.length, 'more decision')} not shown; the log has them all`,
  });
  if (content === '' || report.outcome === 'dry-run') return section('Plan', content);
  return `<details><summary>Plan (${plural(report.plan.length, 'decision')})</summary>\n\n${content}\n\n</details>`;
}

function notesBlock(report: Report, detail: Detail): string {
  const notes = [...new Set([...(report.notes ?? []), ...(report.receipt?.notes ?? [])])];
  const shown = notes.slice(0, detail.rows).map((note) => `- ${markdown(note, detail.cell)}`);
  if (notes.length > shown.length) shown.push(`- … ${plural(notes.length - shown.length, 'more note')}`);
  return section('Notes', shown.join('\n'));
}

/** Links to the run and to the run book's section for what happened. */
export function linksLine(report: Report): string {
  const book = report.outcome === 'failed' ? runbookLink(report) : report.runbookUrl;
  const attempt = report.run.attempt > 1 ? `, attempt ${report.run.attempt}` : '';
  const run = clip(report.run.key, 200);
  return [`${link(`Run ${run}`, report.run.url)}${attempt}`, ...(book ? [link('Run book', book)] : [])].join(' · ');
}
