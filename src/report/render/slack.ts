/** The Slack message: short, escaped, within Slack's limits (50 blocks, 3,000 characters a section, 150 a header). */

import type { SourceTrouble } from '../../domain/watching.ts';
import { needsAttention, type Report } from '../report.ts';
import { countChecks, worstCheck } from './checks.ts';
import { clip, oneLine, slack } from './escape.ts';
import { facts } from './facts.ts';
import { headline, mark } from './headline.ts';
import { runbookLink } from './runbook.ts';

export interface SlackText {
  readonly type: 'mrkdwn' | 'plain_text';
  readonly text: string;
}

export type SlackBlock =
  | { readonly type: 'header'; readonly text: SlackText }
  | { readonly type: 'section'; readonly text: SlackText }
  | { readonly type: 'section'; readonly fields: readonly SlackText[] }
  | { readonly type: 'context'; readonly elements: readonly SlackText[] };

export interface SlackMessage {
  /** Shown in notifications and by clients that draw no blocks. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

const sectionLimit = 3_000;

/** Cuts before it escapes, so that no escape is cut in half; the result keeps the limit. */
function escaped(text: string, length: number): string {
  let kept = clip(text, length);
  while (slack(kept).length > length) kept = clip(kept, Math.floor(Array.from(kept).length * 0.8));
  return slack(kept);
}

function linkTo(text: string, url: string): string {
  return /^https?:\/\/[^\s<>|]{1,500}$/.test(url) ? `<${url.replaceAll('&', '&amp;')}|${text}>` : text;
}

/**
 * The message; undefined for a run that needs none: a plan, nothing to do, or a snapshot that is not yet proven (the
 * verification sends a message).
 */
export function renderSlack(report: Report): SlackMessage | undefined {
  const told = report.watch?.told ?? [];
  if (!needsAttention(report) && report.verdict === undefined && told.length === 0) return undefined;
  const title = oneLine(`${mark(report)} ${headline(report)}`);
  const texts = [...errorTexts(report), ...watchTexts(told), ...warningTexts(report), ...checkTexts(report)];
  const fields = factFields(report);
  const blocks: SlackBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: clipUnits(title, 150) } },
    ...texts.map((text): SlackBlock => ({ type: 'section', text: { type: 'mrkdwn', text } })),
    ...(fields.length > 0 ? [{ type: 'section', fields } as const] : []),
    { type: 'context', elements: [{ type: 'mrkdwn', text: links(report) }] },
  ];
  return { text: escaped(title, sectionLimit), blocks };
}

function errorTexts({ error, verification }: Report): readonly string[] {
  const what = error?.what ?? verification?.obstacle?.message;
  const fix = error?.fix ?? verification?.obstacle?.fix;
  return [
    ...(what === undefined ? [] : [`*What happened:* ${escaped(oneLine(what), 1_200)}`]),
    ...(fix ? [`*Fix:* ${escaped(oneLine(fix), 800)}`] : []),
  ];
}

/** What this run told first: what lasts was told before. */
function watchTexts(told: readonly SourceTrouble[]): readonly string[] {
  const lines = told.slice(0, 10).map(({ what }) => `• ${escaped(oneLine(what), 250)}`);
  if (told.length > lines.length) lines.push(`• … ${told.length - lines.length} more`);
  return lines.length === 0 ? [] : [clipUnits(lines.join('\n'), sectionLimit)];
}

function warningTexts({ dump }: Report): readonly string[] {
  const lines = (dump?.warnings ?? []).slice(0, 5).map((text) => `• ${escaped(oneLine(text), 400)}`);
  return lines.length === 0 ? [] : [clipUnits(`*Warnings:*\n${lines.join('\n')}`, sectionLimit)];
}

function checkTexts({ verification, verdict }: Report): readonly string[] {
  const checks = verification?.checks ?? [];
  if (checks.length === 0) return [];
  const check = verdict === 'good' ? undefined : worstCheck(checks);
  const worst = check ? `\n*${escaped(oneLine(check.name), 200)}:* ${escaped(oneLine(check.detail), 800)}` : '';
  return [clipUnits(`*Checks:* ${countChecks(checks)}${worst}`, sectionLimit)];
}

const shownFacts = new Set([
  'Snapshot',
  'Point in time',
  'Pause',
  'Recovery time',
  'Read',
  'Size',
  'Created',
  'Copied',
  'Expired',
]);

function factFields(report: Report): readonly SlackText[] {
  return facts(report)
    .filter(({ name }) => shownFacts.has(name))
    .slice(0, 10)
    .map(({ name, value }) => ({ type: 'mrkdwn', text: `*${name}*\n${escaped(oneLine(value), 500)}` }));
}

function links(report: Report): string {
  const runbook = needsAttention(report) ? runbookLink(report) : undefined;
  return [linkTo('Run', report.run.url), ...(runbook ? [linkTo('Run book', runbook)] : [])].join(' · ');
}

/** Slack counts UTF-16 units; half a pair at the cut is dropped. */
function clipUnits(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
