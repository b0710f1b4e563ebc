/** The Slack message: short, escaped, within Slack's limits (50 blocks, 3,000 characters a section, 150 a header). */

import { needsAttention, type Report } from '../report.ts';
import { countChecks, tellingCheck } from './checks.ts';
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

/** Escapes first what is cut first: an escape is never cut in half, and the result keeps the limit. */
function escaped(text: string, length: number): string {
  let kept = clip(text, length);
  while (slack(kept).length > length) kept = clip(kept, Math.floor(Array.from(kept).length * 0.8));
  return slack(kept);
}

function linkTo(text: string, url: string): string {
  return /^https?:\/\/[^\s<>|]{1,500}$/.test(url) ? `<${url.replaceAll('&', '&amp;')}|${text}>` : text;
}

/**
 * The message, or undefined when the run is nothing to send a message about: a plan, nothing to do, or a snapshot that
 * has yet to be proven (the verification sends one).
 */
export function renderSlack(report: Report): SlackMessage | undefined {
  if (!needsAttention(report) && report.verdict === undefined) return undefined;
  const title = oneLine(`${mark(report)} ${headline(report)}`);
  const blocks: SlackBlock[] = [{ type: 'header', text: { type: 'plain_text', text: clipUnits(title, 150) } }];
  const section = (text: string): void => {
    blocks.push({ type: 'section', text: { type: 'mrkdwn', text } });
  };
  const { error, verification } = report;
  const what = error?.what ?? verification?.obstacle?.message;
  if (what !== undefined) section(`*What happened:* ${escaped(oneLine(what), 1_200)}`);
  const fix = error?.fix ?? verification?.obstacle?.fix;
  if (fix) section(`*Fix:* ${escaped(oneLine(fix), 800)}`);
  const warnings = report.dump?.warnings ?? [];
  if (warnings.length > 0)
    section(
      clipUnits(
        `*Warnings:*\n${warnings
          .slice(0, 5)
          .map((text) => `• ${escaped(oneLine(text), 400)}`)
          .join('\n')}`,
        sectionLimit,
      ),
    );
  const checks = verification?.checks ?? [];
  if (checks.length > 0) {
    const telling = report.verdict === 'good' ? undefined : tellingCheck(checks);
    const worst = telling ? `\n*${escaped(oneLine(telling.name), 200)}:* ${escaped(oneLine(telling.detail), 800)}` : '';
    section(clipUnits(`*Checks:* ${countChecks(checks)}${worst}`, sectionLimit));
  }
  const wanted = new Set([
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
  const fields = facts(report)
    .filter((fact) => wanted.has(fact.name))
    .slice(0, 10)
    .map((fact): SlackText => ({ type: 'mrkdwn', text: `*${fact.name}*\n${escaped(oneLine(fact.value), 500)}` }));
  if (fields.length > 0) blocks.push({ type: 'section', fields });
  const book = needsAttention(report) ? runbookLink(report) : undefined;
  const links = [linkTo('Run', report.run.url), ...(book ? [linkTo('Run book', book)] : [])].join(' · ');
  blocks.push({ type: 'context', elements: [{ type: 'mrkdwn', text: links }] });
  return { text: escaped(title, sectionLimit), blocks };
}

/** Slack counts UTF-16 units; half a pair at the cut is dropped. */
function clipUnits(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
