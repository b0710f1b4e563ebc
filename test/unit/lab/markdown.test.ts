import { describe, expect, test } from '@jest/globals';
import { renderMarkdown } from '../../../lab/cli/terminal/markdown.ts';
import { paint, visibleWidth } from '../../../lab/cli/terminal/paint.ts';

const plain = (markdown: string, width = 80): string => renderMarkdown(markdown, { width, paint: paint(false) });

describe('a job summary in the terminal', () => {
  test('headings, lists, emphasis, links and entities', () => {
    expect(
      plain(
        '# Backup of **ib01**\n\n- pause `2.1 s`\n- [run](https://x/1)\n1. one\n- [x] done\n\n> [!WARNING]\n> &lt;tag&gt; a\\_b\n<!-- marker -->',
      ),
    ).toBe(
      'Backup of ib01\n══════════════\n\n• pause 2.1 s\n• run (https://x/1)\n1. one\n☑ done\n\n│ WARNING\n│ <tag> a_b',
    );
  });

  test('tables are aligned, whatever the width of the characters, and keep escaped bars', () => {
    expect(plain('| check | rows |\n| --- | ---: |\n| `a.b` | 12 |\n| ✅ x\\|y | 1 |')).toBe(
      'check   rows\n──────  ────\na.b       12\n✅ x|y     1',
    );
  });

  test('a table wider than the terminal is wrapped inside its widest column', () => {
    const lines = plain(`| a | b |\n|---|---|\n| x | ${'word '.repeat(30)} |`, 40).split('\n');
    expect(Math.max(...lines.map(visibleWidth))).toBeLessThanOrEqual(40);
    expect(lines.join(' ').match(/word/g)).toHaveLength(30);
  });

  test('folded parts are shown open and indented, code as it is', () => {
    expect(plain('<details><summary>Log</summary>\n\n```\n**not bold** | x\n```\n\n</details>\n\nafter')).toBe(
      '▾ Log\n\n    │ **not bold** | x\n\nafter',
    );
  });

  test('a fence is closed only by one as long', () => {
    expect(plain('````\n```\n# no heading\n````\nafter')).toBe('│ ```\n  │ # no heading\nafter');
  });

  test('in a folded part a long table is cut, and says how much is missing; elsewhere it is whole', () => {
    const rows = Array.from({ length: 30 }, (_, n) => `| row ${n} |`).join('\n');
    const whole = `| a |\n|---|\n${rows}`;
    const folded = plain(`<details><summary>Plan</summary>\n\n${whole}\n\n</details>`);
    expect(folded.match(/row \d+/g)).toHaveLength(20);
    expect(folded).toContain('  … and 10 more rows: see the summary file');
    expect(plain(whole).match(/row \d+/g)).toHaveLength(30);
    expect(plain(whole)).not.toContain('more rows');
  });

  test('the timeline is drawn in proportion, each duration once', () => {
    const chart = `\`\`\`mermaid
gantt
  title Backup
  dateFormat YYYY-MM-DD HH:mm:ss.SSS
  axisFormat %H:%M:%S
  section Snapshot
  stop (2 s) :done, s0, 2026-01-01 00:00:00.000, 2026-01-01 00:00:02.000
  wait (8 s) :crit, s1, 2026-01-01 00:00:02.000, 2026-01-01 00:00:10.000
  a name that is longer than its column (0.5 min) :s2, 2026-01-01 00:00:02.000, 1s
\`\`\``;
    const lines = plain(chart, 92).split('\n');
    expect(lines[0]).toBe('Backup');
    expect(lines[2]).toMatch(/^ {4}stop {31}█{9} +2\.0 s$/);
    expect(lines[4]).toMatch(/^ {4}a name that is longer than its co… {9}█{4} +1\.0 s$/);
    expect(lines[3]).toMatch(/^ {4}wait {39}▓{35} +8\.0 s$/);
  });

  test('a diagram of another kind is shown as its text', () => {
    expect(plain('```mermaid\nflowchart LR\n  a --> b\n```')).toContain('a --> b');
  });

  test('colour only where it is asked for', () => {
    const coloured = renderMarkdown('**x** `y`', { width: 80, paint: paint(true) });
    expect(coloured).toContain('\u001b[1mx\u001b[22m');
    expect(plain('**x** `y`')).toBe('x y');
    expect(visibleWidth(coloured)).toBe(3);
  });
});
