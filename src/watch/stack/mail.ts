/** News as a mail: plain text, since SNS sends no other. */
import { someOf } from '../../domain/watching.ts';
import { clip, oneLine } from '../../report/render/escape.ts';
import { formatTime } from '../../runtime/format.ts';
import type { News, OverTrouble } from './news.ts';
import type { Trouble } from './told.ts';

export interface Mail {
  readonly subject: string;
  readonly text: string;
}

/** SNS: "ASCII text that begins with a letter, number, or punctuation mark", below 100 characters (API reference, Publish). */
const longestSubject = 99;
/** SNS takes 262,144 bytes (API reference, Publish). Cut well below, with what is left out counted. */
const mostTold = 200;

export interface Sender {
  /** The stack that sends it, its account and its region, so that a person finds it. */
  readonly stack: string;
  readonly account: string;
  readonly region: string;
}

/** @returns undefined when there is no news */
export function mailOf({ begun, over }: Pick<News, 'begun' | 'over'>, sender: Sender): Mail | undefined {
  if (begun.length + over.length === 0) return undefined;
  const parts = [...begun.map(beginning), ...over.map(end)];
  const more = parts.length - mostTold;
  const rest = more > 0 ? [`And ${more} more.`] : [];
  return {
    subject: subjectOf(begun, over),
    text: `${[...parts.slice(0, mostTold), ...rest, footer(sender)].join('\n\n')}\n`,
  };
}

function subjectOf(begun: readonly Trouble[], over: readonly OverTrouble[]): string {
  const [first] = begun;
  const [firstOver] = over;
  const more = (count: number): string => (count > 1 ? ` (and ${count - 1} more)` : '');
  const text =
    first === undefined
      ? `Over: ${firstOver?.title}${more(over.length)}`
      : `${first.title}${more(begun.length)}${over.length > 0 ? `; ${over.length} over` : ''}`;
  // What is cut is the name, not what is said of it.
  const ascii = (words: string): string => oneLine(words).replace(/[^ -~]/g, '?');
  return clip(ascii(`Holdfast: ${text}`), longestSubject).replace('…', '?');
}

function beginning({ title, since, what, likelyCause, fix }: Trouble): string {
  return lines(title, [
    ['What', what],
    ['Since', formatTime(since)],
    ['Likely cause', likelyCause],
    ['What to do', fix],
  ]);
}

function end({ title, since, because, still }: OverTrouble): string {
  return lines(`Over: ${title}`, [
    ['Was so since', formatTime(since)],
    ['Now', because],
    ['Not over', still.length === 0 ? undefined : someOf(still)],
  ]);
}

/** One line for each: a text from outside adds none. */
function lines(title: string, rows: readonly (readonly [string, string | undefined])[]): string {
  const told = rows.flatMap(([name, text]) => (text === undefined ? [] : [`  ${name}: ${clip(oneLine(text), 1000)}`]));
  return [clip(oneLine(title), 300), ...told].join('\n');
}

function footer({ stack, account, region }: Sender): string {
  return [
    `Sent by the watchdog in the stack ${stack} (account ${account}, ${region}), which looks every hour and needs no GitHub.`,
    'Each trouble is told once, and once more when it is over. How to read this mail: docs/watching.md.',
  ].join('\n');
}
