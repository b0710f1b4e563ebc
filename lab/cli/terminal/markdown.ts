/** Renders a job summary for a terminal: headings, aligned tables, lists, folded parts, code, and the timeline. */
import { drawGantt } from './gantt.ts';
import { type Paint, visibleWidth } from './paint.ts';

export interface RenderOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly paint: Paint;
}

/** Rows of a table that are shown in a folded part: whoever opens it on GitHub can scroll, a terminal is flooded. */
const foldedRows = 20;

/** Renders GitHub's Markdown, as far as job summaries use it. */
export function renderMarkdown(markdown: string, options: RenderOptions): string {
  const lines = markdown.replace(/<!--[\s\S]*?-->/g, '').split(/\r?\n/);
  const out: string[] = [];
  let depth = 0;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const indent = '  '.repeat(depth);
    const fence = /^\s*(`{3,}|~{3,})\s*([\w-]*)\s*$/.exec(line);
    if (fence) {
      const close = new RegExp(`^\\s*${(fence[1] ?? '```')[0]}{${fence[1]?.length ?? 3},}\\s*$`);
      const block: string[] = [];
      for (index += 1; index < lines.length && !close.test(lines[index] ?? ''); index += 1)
        block.push(lines[index] ?? '');
      out.push(...codeBlock(fence[2] ?? '', block, options).map((one) => indent + one));
      continue;
    }
    if (line.trim().startsWith('|')) {
      const rows: string[] = [];
      for (; (lines[index] ?? '').trim().startsWith('|'); index += 1) rows.push(lines[index] ?? '');
      index -= 1;
      const limits = { width: options.width - indent.length, rows: depth > 0 ? foldedRows : Number.POSITIVE_INFINITY };
      out.push(...table(rows, { ...options, ...limits }).map((one) => indent + one));
      continue;
    }
    if (/^\s*<details/.test(line)) {
      const summary = /<summary>(.*?)<\/summary>/.exec(`${line}${lines[index + 1] ?? ''}`)?.[1] ?? '';
      if (!line.includes('<summary>') && summary !== '') index += 1;
      out.push(`${indent}${options.paint.bold(`▾ ${inline(summary, options.paint)}`)}`);
      depth += 1;
      continue;
    }
    if (/^\s*<\/details>/.test(line)) {
      depth = Math.max(0, depth - 1);
      continue;
    }
    out.push(...textLine(line, options).map((one) => (one === '' ? '' : indent + one)));
  }
  return out
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function textLine(line: string, { paint, width }: RenderOptions): string[] {
  const heading = /^(#{1,6})\s+(.*)$/.exec(line);
  if (heading) {
    const title = inline(heading[2] ?? '', paint);
    const rule = (heading[1] ?? '').length === 1 ? '═' : '─';
    if ((heading[1] ?? '').length > 2) return ['', paint.bold(title)];
    return ['', paint.bold(title), paint.dim(rule.repeat(Math.min(width, visibleWidth(title))))];
  }
  if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) return [paint.dim('─'.repeat(Math.min(width, 60)))];
  const alert = /^>\s*\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*$/.exec(line);
  if (alert) return [paint.bold(`│ ${alert[1]}`)];
  const quote = /^>\s?(.*)$/.exec(line);
  if (quote) return [`│ ${inline(quote[1] ?? '', paint)}`];
  const item = /^(\s*)([-*+]|\d+\.)\s+(?:\[( |x)\]\s+)?(.*)$/.exec(line);
  if (item) {
    const bullet = item[3] === 'x' ? '☑' : item[3] === ' ' ? '☐' : /\d/.test(item[2] ?? '') ? item[2] : '•';
    const lead = `${item[1]}${bullet} `;
    return wrap(inline(item[4] ?? '', paint), width - lead.length).map((one, n) =>
      n === 0 ? lead + one : ' '.repeat(lead.length) + one,
    );
  }
  return wrap(inline(line, paint), width);
}

/** Renders bold, code, links, line breaks and entities inside a line. */
export function inline(text: string, paint: Paint): string {
  const codes: string[] = [];
  return (
    text
      .replace(/(`+)(.+?)\1/g, (_, __, code: string) => `\u0000${codes.push(code.trim()) - 1}\u0000`)
      .replace(/!\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/\[([^\]]*)\]\(([^)\s]+)[^)]*\)/g, (_, label: string, url: string) =>
        label === url ? url : `${label} ${paint.dim(`(${url})`)}`,
      )
      .replace(/<br\s*\/?>/g, ' ')
      .replace(/<\/?(?:b|strong)>/g, '**')
      .replace(/<\/?code>/g, '')
      .replace(/<\/?(?:sub|sup|em|i|summary|p|div|span|kbd|samp|pre)(?:\s[^>]*)?>/g, '')
      .replace(/\*\*(.+?)\*\*/g, (_, bold: string) => paint.bold(bold))
      .replace(/(^|[\s(])_([^_]+)_(?=[\s.,;:)]|$)/g, '$1$2')
      .replace(/\\([\\`*_{}[\]()#+.!|<>~-])/g, '$1')
      .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&quot;/g, '"')
      .replace(/&amp;/g, '&')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: this function has set them itself
      .replace(/\u0000(\d+)\u0000/g, (_, n: string) => paint.cyan(codes[Number(n)] ?? ''))
  );
}

function codeBlock(language: string, block: readonly string[], options: RenderOptions): string[] {
  if (language === 'mermaid') {
    const drawn = drawGantt(block, options.width);
    if (drawn) return ['', ...drawn, ''];
  }
  return block.map((line) => options.paint.dim(`  │ ${line}`));
}

/** The cells of a table row; `\|` is a bar inside a cell. */
function cells(row: string): string[] {
  return row
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

interface TableOptions extends RenderOptions {
  /** The most rows that are shown. */
  readonly rows: number;
}

function table(rows: readonly string[], { paint, width, ...limits }: TableOptions): string[] {
  const [head = '', rule = '', ...body] = rows;
  const isRightAligned = cells(rule).map((cell) => /^:?-+:$/.test(cell));
  const hasRule = cells(rule).every((cell) => /^:?-+:?$/.test(cell));
  const shown = body.slice(0, limits.rows);
  const all = (hasRule ? [head, ...shown] : rows).map((row) => cells(row).map((cell) => inline(cell, paint)));
  const widths = columnWidths(all, width);
  const lines = all.map((row) => rowLines(row, widths, isRightAligned));
  if (hasRule) {
    const headLines = (lines.shift() ?? []).map((line) => paint.bold(line));
    lines.unshift([...headLines, paint.dim(widths.map((size) => '─'.repeat(size)).join('  '))]);
  }
  if (hasRule && shown.length < body.length)
    lines.push([paint.dim(`… and ${body.length - shown.length} more rows: see the summary file below`)]);
  return [...lines.flat(), ''];
}

/** The width that each column needs. The widest one gives way until the table fits, so that the others stay whole. */
function columnWidths(rows: readonly (readonly string[])[], width: number): number[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, n) => Math.max(...rows.map((row) => visibleWidth(row[n] ?? ''))));
  const total = (): number => widths.reduce((sum, one) => sum + one + 2, 0);
  for (let most = Math.max(...widths); total() > width && most > 12; most = Math.max(...widths)) {
    widths[widths.indexOf(most)] = most - 1;
  }
  return widths;
}

function rowLines(row: readonly string[], widths: readonly number[], isRightAligned: readonly boolean[]): string[] {
  const wrapped = widths.map((size, column) => wrap(row[column] ?? '', size));
  const height = Math.max(...wrapped.map((cell) => cell.length));
  return Array.from({ length: height }, (_, line) =>
    widths
      .map((size, column) => {
        const cell = wrapped[column]?.[line] ?? '';
        const space = ' '.repeat(Math.max(0, size - visibleWidth(cell)));
        return isRightAligned[column] ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Breaks a line at spaces; a word longer than the width is cut. */
function wrap(text: string, width: number): string[] {
  if (visibleWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(' ')) {
    if (line !== '' && visibleWidth(line) + 1 + visibleWidth(word) <= width) {
      line += ` ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    while (visibleWidth(word) > width && visibleWidth(word) === word.length) {
      lines.push(word.slice(0, width));
      word = word.slice(width);
    }
    line = word;
  }
  return [...lines, line];
}
