/** Shows a job summary in a terminal: headings, aligned tables, lists, folded parts, code, and the timeline. */
import { drawGantt } from './gantt.ts';
import { type Paint, visibleWidth } from './paint.ts';

export interface RenderOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly paint: Paint;
}

/** Renders GitHub's Markdown, as far as job summaries use it, as lines for a terminal. */
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
      out.push(...table(rows, { ...options, width: options.width - indent.length }).map((one) => indent + one));
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

/** Bold, code, links, line breaks and entities inside a line. */
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
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the marks this function has set itself
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

/** Cells of a table row; `\|` is a bar inside a cell. */
function cells(row: string): string[] {
  return row
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

function table(rows: readonly string[], { paint, width }: RenderOptions): string[] {
  const [head = '', rule = '', ...body] = rows;
  const aligned = cells(rule).map((cell) => (/^:?-+:$/.test(cell) ? 'right' : 'left'));
  const hasRule = cells(rule).every((cell) => /^:?-+:?$/.test(cell));
  const all = (hasRule ? [head, ...body] : rows).map((row) => cells(row).map((cell) => inline(cell, paint)));
  const columns = Math.max(...all.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, n) => Math.max(...all.map((row) => visibleWidth(row[n] ?? ''))));
  // The widest column gives way until the table fits, so that the others stay whole.
  const total = (): number => widths.reduce((sum, one) => sum + one + 2, 0);
  for (let most = Math.max(...widths); total() > width && most > 12; most = Math.max(...widths)) {
    widths[widths.indexOf(most)] = most - 1;
  }
  const out: string[] = [];
  all.forEach((row, n) => {
    const wrapped = widths.map((size, column) => wrap(row[column] ?? '', size));
    const height = Math.max(...wrapped.map((cell) => cell.length));
    for (let line = 0; line < height; line += 1) {
      const parts = widths.map((size, column) => {
        const cell = wrapped[column]?.[line] ?? '';
        const space = ' '.repeat(Math.max(0, size - visibleWidth(cell)));
        return aligned[column] === 'right' ? space + cell : cell + space;
      });
      const joined = parts.join('  ').trimEnd();
      out.push(n === 0 && hasRule ? paint.bold(joined) : joined);
    }
    if (n === 0 && hasRule) out.push(paint.dim(widths.map((size) => '─'.repeat(size)).join('  ')));
  });
  return [...out, ''];
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
