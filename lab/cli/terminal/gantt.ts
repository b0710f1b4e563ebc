/** Draws a mermaid gantt chart as bars of characters: the timeline of a run, for a terminal. */

interface Bar {
  readonly section: string;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly mark: string;
}

/** The chart as lines; undefined when the block is no gantt chart that it can read. */
export function drawGantt(block: readonly string[], width: number): string[] | undefined {
  if (!block.some((line) => line.trim() === 'gantt')) return undefined;
  const format = /^\s*dateFormat\s+(\S+)/m.exec(block.join('\n'))?.[1] ?? 'YYYY-MM-DD';
  const bars: Bar[] = [];
  let section = '';
  let title = '';
  for (const line of block) {
    const word = line.trim();
    if (word.startsWith('section ')) section = word.slice(8);
    else if (word.startsWith('title ')) title = word.slice(6);
    else {
      const bar = readBar(word, section, format, bars.at(-1)?.end);
      if (bar) bars.push(bar);
    }
  }
  if (bars.length === 0) return undefined;
  const origin = Math.min(...bars.map((bar) => bar.start));
  const span = Math.max(1, Math.max(...bars.map((bar) => bar.end)) - origin);
  const names = Math.min(34, Math.max(...bars.map((bar) => bar.name.length)));
  const room = Math.max(20, Math.min(60, width - names - 14));
  const lines: string[] = title ? [title] : [];
  let last = '';
  for (const bar of bars) {
    if (bar.section !== last && bar.section !== '') lines.push(`  ${bar.section}`);
    last = bar.section;
    const from = Math.min(room - 1, Math.floor(((bar.start - origin) / span) * room));
    const length = Math.max(1, Math.min(room - from, Math.round(((bar.end - bar.start) / span) * room)));
    const drawn = ' '.repeat(from) + bar.mark.repeat(length);
    lines.push(`    ${bar.name.slice(0, names).padEnd(names)} ${drawn.padEnd(room)} ${seconds(bar.end - bar.start)}`);
  }
  return lines;
}

/** `name :crit, done, id, start, end-or-duration`, as mermaid writes tasks. */
function readBar(line: string, section: string, format: string, previousEnd: number | undefined): Bar | undefined {
  const match = /^(.*?)\s*:\s*([^:].*)$/.exec(line);
  if (!match) return undefined;
  const fields = (match[2] ?? '').split(',').map((field) => field.trim());
  const flags = fields.filter((field) => ['crit', 'done', 'active', 'milestone'].includes(field));
  const times = fields.filter((field) => !flags.includes(field));
  const last = times.pop() ?? '';
  const start = times.length > 0 ? instant(times.at(-1) ?? '', format) : previousEnd;
  if (start === undefined) return undefined;
  const length = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(last);
  const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  const end = length ? start + Number(length[1]) * (units[length[2] ?? 's'] ?? 1000) : instant(last, format);
  if (end === undefined) return undefined;
  return { section, name: match[1] ?? '', start, end, mark: flags.includes('crit') ? '▓' : '█' };
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

function seconds(milliseconds: number): string {
  const value = milliseconds / 1000;
  return value < 10
    ? `${value.toFixed(1)} s`
    : value < 120
      ? `${Math.round(value)} s`
      : `${Math.round(value / 60)} min`;
}
