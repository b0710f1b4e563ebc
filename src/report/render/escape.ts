/**
 * Text from outside (SQL results, tags, logs, error messages) on its way into Markdown, mermaid and Slack. Nothing in
 * it may become markup, end a fence, add a table column, mention a person, or carry terminal codes.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this takes out
const ansi = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
/** C0 and C1 controls other than newline and tab, and the marks that reverse the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this takes out
const invisible = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Plain text of several lines: no terminal codes, no control characters, newlines as `\n`, well-formed Unicode. */
export function plainText(text: string): string {
  return text.toWellFormed().replace(ansi, '').replace(/\r\n?/g, '\n').replace(invisible, '');
}

/** Plain text on one line; what is longer than a line could sensibly be (20,000 characters) is dropped unread. */
export function oneLine(text: string): string {
  return plainText(text.slice(0, 20_000)).replace(/\s+/g, ' ').trim();
}

/** The first `length` characters (code points), with an ellipsis when something was cut. */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  const points = Array.from(text);
  return points.length <= length ? text : `${points.slice(0, Math.max(0, length - 1)).join('')}…`;
}

/** The last `length` characters, from the start of a line where one is near, with a line that says what was cut. */
export function tail(text: string, length: number): string {
  if (text.length <= length) return text;
  const points = Array.from(text);
  if (points.length <= length) return text;
  const end = points.slice(points.length - length).join('');
  const newline = end.indexOf('\n');
  const kept = newline >= 0 && newline < end.length / 4 ? end.slice(newline + 1) : end;
  const cut = points.length - Array.from(kept).length;
  return `(${cut.toLocaleString('en-US')} characters before this are left out)\n${kept}`;
}

/** One line of Markdown text that shows `text` and means nothing else, in a table cell too. */
export function markdown(text: string, length = 300): string {
  return clip(oneLine(text), length)
    .replace(/[\\*[\]~$]/g, '\\$&')
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
    .replace(/&(?=[A-Za-z0-9#])/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/`/g, '&#96;')
    .replace(/\|/g, '&#124;')
    .replace(/^([#+=-]|\d+(?=[.)](?:\s|$)))/, (start) => (/^\d/.test(start) ? `${start}\u200b` : `\\${start}`))
    .replace(/@(?=[A-Za-z0-9])/g, '@\u200b');
}

/** `text` as inline code; in a table cell too. Backticks become apostrophes, since code has no escapes. */
export function code(text: string, length = 300): string {
  const inner = clip(oneLine(text), length).replaceAll('`', "'").replaceAll('|', '\u00a6');
  return inner === '' ? '' : `\`${inner}\``;
}

/** A fenced block that `text` cannot end: the fence is longer than any run of backticks in it. */
export function fence(text: string, language = 'text'): string {
  const inner = plainText(text).replace(/\n+$/, '');
  const longest = Math.max(0, ...Array.from(inner.matchAll(/`+/g), (run) => run[0].length));
  const marks = '`'.repeat(Math.max(3, longest + 1));
  return `${marks}${language}\n${inner}\n${marks}`;
}

/** A link, when `url` is one that a reader may follow; otherwise the text alone. */
export function link(text: string, url: string): string {
  return /^https?:\/\/[^\s<>()[\]"'`|\\]+$/.test(url) ? `[${markdown(text)}](${url})` : markdown(text);
}

/** Words that begin a statement of mermaid's gantt grammar (gantt.jison), whatever follows them; dates are tokens too. */
const statement =
  /^(gantt|dateformat|axisformat|tickinterval|inclusiveenddates|topaxis|includes|excludes|todaymarker|weekday|weekend|title|acctitle|accdescr|section|click|call|href|\d)/i;

/** A label inside a mermaid gantt chart: only what cannot end or begin a statement, a directive or the fence. */
export function mermaid(text: string, length = 60): string {
  const label = clip(
    oneLine(text)
      .replace(/[:;#,`"'<>{}%\\|[\]]/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
    length,
  );
  if (label === '') return 'step';
  return statement.test(label) ? `· ${label}` : label;
}

/** Slack's own three escapes (mrkdwn); nothing else is special once these are. */
export function slack(text: string): string {
  return plainText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
