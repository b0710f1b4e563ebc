/** Draws a mermaid gantt chart, the timeline of a run, as bars of characters. */

interface Bar {
  readonly section: string;
  readonly name: string;
  /** Milliseconds. */
  readonly start: number;
  readonly end: number;
  readonly character: string;
}

interface Chart {
  readonly title: string;
  readonly bars: readonly Bar[];
}

const longestName = 34;

/** The chart as lines; undefined for a block that is no gantt chart, or none that can be read. */
export function drawGantt(block: readonly string[], width: number): string[] | undefined {
  if (!block.some((line) => line.trim() === 'gantt')) return undefined;
  const { title, bars } = readChart(block);
  if (bars.length === 0) return undefined;
  const nameWidth = Math.min(longestName, Math.max(...bars.map((bar) => bar.name.length)));
  const draw = scale(bars, Math.max(20, Math.min(60, width - nameWidth - 14)));
  const lines: string[] = title ? [title] : [];
  let section = '';
  for (const bar of bars) {
    if (bar.section !== section && bar.section !== '') lines.push(`  ${bar.section}`);
    section = bar.section;
    lines.push(`    ${shortened(bar.name, nameWidth).padEnd(nameWidth)} ${draw(bar)} ${duration(bar)}`);
  }
  return lines;
}

function readChart(block: readonly string[]): Chart {
  const format = /^\s*dateFormat\s+(\S+)/m.exec(block.join('\n'))?.[1] ?? 'YYYY-MM-DD';
  const bars: Bar[] = [];
  let section = '';
  let title = '';
  for (const line of block.map((one) => one.trim())) {
    if (line.startsWith('section ')) section = line.slice(8);
    else if (line.startsWith('title ')) title = line.slice(6);
    else {
      const bar = readBar(line, section, format, bars.at(-1)?.end);
      if (bar) bars.push(bar);
    }
  }
  return { title, bars };
}

/** Gives a function that draws a bar at its place in so many columns. */
function scale(bars: readonly Bar[], columns: number): (bar: Bar) => string {
  const origin = Math.min(...bars.map((bar) => bar.start));
  const span = Math.max(1, Math.max(...bars.map((bar) => bar.end)) - origin);
  return ({ start, end, character }) => {
    const from = Math.min(columns - 1, Math.floor(((start - origin) / span) * columns));
    const length = Math.max(1, Math.min(columns - from, Math.round(((end - start) / span) * columns)));
    return (' '.repeat(from) + character.repeat(length)).padEnd(columns);
  };
}

const flags = ['crit', 'done', 'active', 'milestone'];
const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `name :crit, done, id, start, end-or-duration`, as mermaid writes tasks. */
function readBar(line: string, section: string, format: string, previousEnd: number | undefined): Bar | undefined {
  const [, text = '', rest] = /^(.*?)\s*:\s*([^:].*)$/.exec(line) ?? [];
  if (rest === undefined) return undefined;
  const fields = rest.split(',').map((field) => field.trim());
  const times = fields.filter((field) => !flags.includes(field));
  const last = times.pop() ?? '';
  const start = times.length > 0 ? instant(times.at(-1) ?? '', format) : previousEnd;
  if (start === undefined) return undefined;
  const [, count, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(last) ?? [];
  const end = count === undefined ? instant(last, format) : start + Number(count) * (milliseconds[unit] ?? 1000);
  if (end === undefined) return undefined;
  // The duration, which reports add to the name, is at the end of the line already.
  const name = text.replace(/ \([\d.,]+ (?:ms|s|min|h)\)$/, '');
  return { section, name, start, end, character: fields.includes('crit') ? '▓' : '█' };
}

/** Milliseconds of a time written in the chart's dateFormat: `x` and `X` are Unix times, the rest ISO-like. */
function instant(text: string, format: string): number | undefined {
  if (format === 'x' || format === 'X')
    return /^\d+$/.test(text) ? Number(text) * (format === 'X' ? 1000 : 1) : undefined;
  const clock = /^(\d{1,2}):(\d{2}):(\d{2})(\.\d+)?$/.exec(text);
  if (clock) {
    return (Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3]) + Number(clock[4] ?? 0)) * 1000;
  }
  const parsed = Date.parse(text.replace(' ', 'T'));
  return Number.isNaN(parsed) ? undefined : parsed;
}

function shortened(name: string, width: number): string {
  return name.length <= width ? name : `${name.slice(0, width - 1).trimEnd()}…`;
}

function duration({ start, end }: Bar): string {
  const seconds = (end - start) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
