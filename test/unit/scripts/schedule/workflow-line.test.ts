import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cronLines, withExpression } from '../../../../scripts/schedule/workflow-line.ts';

const lineEnds = fc.constantFrom('\n', '\r\n');
const quotes = fc.constantFrom('"', "'", '');
const comments = fc.constantFrom('', ' # at night', '   # "0 0 * * *" was before');
const entry = fc.record({
  quote: quotes,
  comment: comments,
  zone: fc.constantFrom('', '      timezone: Europe/Zurich # ours'),
  above: fc.constantFrom('', '    # a comment with cron: "1 1 * * *"'),
  flow: fc.boolean(),
});

interface Entry {
  readonly quote: string;
  readonly comment: string;
  readonly zone: string;
  readonly above: string;
  readonly flow: boolean;
}

function workflow(entries: readonly Entry[], end: string, last: boolean): string {
  const lines = ['# Größe: naïve €', 'name: "Backup: nightly"', 'on:', '  push: {}', '  schedule:'];
  for (const [at, { quote, comment, zone, above, flow }] of entries.entries()) {
    if (above) lines.push(above);
    const cron = `cron: ${flow ? ' ' : ''}${quote}${at} 1 * * *${quote}`;
    lines.push(flow ? `    - { ${cron} }${comment}` : `    - ${cron}${comment}`);
    if (zone && !flow) lines.push(zone);
  }
  lines.push('jobs:', '  one:', '    runs-on: x', '    steps: [{ run: "echo \\"0 1 * * *\\"" }]');
  return lines.join(end) + (last ? end : '');
}

describe('the change of one cron line', () => {
  test('leaves every other byte as it is', () => {
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1, maxLength: 3 }),
        fc.nat(),
        lineEnds,
        fc.boolean(),
        fc.constantFrom('*/5 * * * *', '23 2 * * MON', '1,2 3-4 * JAN *'),
        (entries, nth, end, last, expression) => {
          const text = workflow(entries, end, last);
          const lines = cronLines(text, 'x.yml');
          expect(lines.map((one) => one.expression)).toEqual(entries.map((_, at) => `${at} 1 * * *`));
          const at = nth % lines.length;
          const chosen = lines[at] as (typeof lines)[number];
          const after = withExpression(text, chosen, expression, 'x.yml').split('\n');
          const before = text.split('\n');
          expect(after).toHaveLength(before.length);
          const differing = before.flatMap((line, index) => (line === after[index] ? [] : [index + 1]));
          expect(differing).toEqual([chosen.line]);
          // A plain value that would be an alias, or two items, gets quotes.
          const plain = !(expression.startsWith('*') || (entries[at]?.flow && expression.includes(',')));
          const quote = entries[at]?.quote || (plain ? '' : '"');
          const given = `${entries[at]?.quote}${at} 1 * * *${entries[at]?.quote}`;
          expect(after[chosen.line - 1]).toBe(before[chosen.line - 1]?.replace(given, `${quote}${expression}${quote}`));
        },
      ),
    );
  });

  test('can be taken back in every workflow of this repository', () => {
    const folder = '.github/workflows';
    let changed = 0;
    for (const name of readdirSync(folder)) {
      const text = readFileSync(`${folder}/${name}`, 'utf8');
      for (const line of cronLines(text, name)) {
        const [there] = cronLines(withExpression(text, line, '*/5 * * * *', name), name);
        expect(
          withExpression(withExpression(text, line, '*/5 * * * *', name), there as never, line.expression, name),
        ).toBe(text);
        changed += 1;
      }
    }
    expect(changed).toBeGreaterThanOrEqual(4);
  });

  test('reads the time zone beside it', () => {
    const text = 'on:\n  schedule:\n    - timezone: Asia/Tokyo\n      cron: 0 1 * * *\n';
    expect(cronLines(text, 'x.yml')).toMatchObject([{ line: 4, expression: '0 1 * * *', timeZone: 'Asia/Tokyo' }]);
  });

  test.each([
    ['on:\n  schedule:\n    - cron: >-\n        0 1 * * *\n', 'has its expression on lines of its own'],
    ['on:\n  schedule:\n    - cron: "0 1\n        * * *"\n', 'has its expression on lines of its own'],
    ['x: &it "0 1 * * *"\non:\n  schedule:\n    - cron: *it\n', 'has a cron that is no text of its own'],
    ['on: {a: [}', 'is not valid YAML'],
  ])('is refused where it would change more: %j', (text, words) => {
    expect(() => {
      const [line] = cronLines(text, 'x.yml');
      withExpression(text, line as never, '1 1 * * *', 'x.yml');
    }).toThrow(words);
  });

  test('a workflow without a schedule has no cron lines', () => {
    expect(cronLines('on: push\n', 'x.yml')).toEqual([]);
    expect(cronLines('on:\n  workflow_call:\n', 'x.yml')).toEqual([]);
  });
});
