import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CheckResult } from '../../../src/domain/verification.ts';
import { renderSummary, summaryLimit } from '../../../src/report/render/summary.ts';
import type { Report } from '../../../src/report/report.ts';
import { anyText } from '../../generators/any-text.ts';
import { bad, check, good, taken, unproven, verification } from './samples.ts';

const outcomes = ['passed', 'failed', 'not-compared', 'unproven'] as const;

/** Lines outside fences, with the table they belong to checked for its number of columns. */
function checkShape(text: string): void {
  let fenceMarks: string | undefined;
  let columns: number | undefined;
  for (const line of text.split('\n')) {
    const marks = /^ {0,3}(`{3,})/.exec(line)?.[1];
    if (fenceMarks !== undefined) {
      if (marks !== undefined && marks.length >= fenceMarks.length && line.trim() === marks) fenceMarks = undefined;
      continue;
    }
    if (marks !== undefined) {
      fenceMarks = marks;
    } else if (line.startsWith('|')) {
      const count = line.split('|').length;
      expect(count).toBe(columns ?? count);
      columns = count;
    } else {
      columns = undefined;
    }
  }
  expect(fenceMarks).toBeUndefined();
}

describe('what a reader finds', () => {
  test('a good verification', () => {
    const text = renderSummary(good);
    expect(text).toMatch(/^## ✅ The backup of ib01.prod is good/);
    expect(text).toContain('| Pause | 3.25 s (stop; lease 2 min 00 s) |');
    expect(text).toContain('| Size | 60.0 GiB used of 100.0 GiB |');
    expect(text).toContain('| Recovery time | 1 min 24 s from asking for the volume to a served query |');
    expect(text).toContain('| Compared | 98.4 % of 4,000,000 rows compared exactly |');
    expect(text).toContain('| Read | 60.0 GiB in 4,123 files, 8 min 32 s, 120.0 MiB/s |');
    expect(text).toContain('| Receipt | `s3://receipts/receipts/ib01.prod/77.json` |');
    expect(text).toContain('2 passed.');
    expect(text).not.toContain('What happened');
    checkShape(text);
  });

  test('a bad backup: the failing check first, with the end of its output, and the way to the run book', () => {
    const text = renderSummary(bad);
    expect(text).toMatch(/^## ❌ The backup of ib01.prod is bad/);
    expect(text).toContain('1 failed, 1 not compared, 1 passed.');
    const rows = text.split('\n').filter((line) => /^\| (✅|❌|➖)/.test(line));
    expect(rows.map((row) => row.split('|')[1]?.trim())).toEqual(['❌ failed', '➖ not compared', '✅ passed']);
    expect(text).toContain('```text\nexpected 1200 rows\nfound 1199 rows\n```');
    expect(text).toContain('docs/runbook.md#the-verdict-is-bad');
  });

  test('an unproven backup: what stood in the way, step, cause and fix', () => {
    const text = renderSummary(unproven);
    expect(text).toMatch(/^## ⚠️ The backup of ib01.prod is unproven/);
    expect(text).toContain('**Step:** attach the volume');
    expect(text).toContain('**Likely cause:** the role lacks this permission');
    expect(text).toContain('**Fix:** deploy the current stack');
    expect(text).toContain('#aws-refused-a-call');
  });

  test('an obstacle without an error is shown too', () => {
    const { error: _, failingStep: __, ...rest } = unproven;
    const obstacle = { step: 'mount the copy', message: 'no device appeared', fix: 'look at the host' };
    const text = renderSummary({ ...rest, verification: { ...verification, verdict: 'unproven', obstacle } });
    expect(text).toContain('**What happened:** no device appeared');
    expect(text).toContain('**Step:** mount the copy');
  });

  test('several lines (mistakes in the inputs, YAML to add) keep their shape', () => {
    const error = {
      what: 'two inputs are wrong:\n  - max-pause: "soon"\n  - checks',
      fix: 'add:\npermissions:\n  issues: write',
    };
    const text = renderSummary({ ...unproven, error });
    expect(text).toContain(
      '**What happened:** two inputs are wrong:\n\n```text\n  - max-pause: "soon"\n  - checks\n```',
    );
    expect(text).toContain('**Fix:** add:\n\n```text\npermissions:\n  issues: write\n```');
  });

  test('a dry run shows its plan in the open, a real run folds it', () => {
    expect(renderSummary({ ...taken, outcome: 'dry-run' })).toContain('### Plan\n\n| Decision | Reason |');
    expect(renderSummary(taken)).toContain('<details><summary>Plan (1 decision)</summary>');
  });

  test('the timeline is in order of start, with durations, and failed steps stand out', () => {
    const [first] = taken.timeline;
    const failed = first && { ...first, name: 'wait: for; it\n```', outcome: 'failed' as const };
    const text = renderSummary({ ...taken, timeline: [...taken.timeline, ...(failed ? [failed] : [])] });
    const chart = /```mermaid\n([\s\S]*?)\n```/.exec(text)?.[1]?.split('\n') ?? [];
    const tasks = chart.slice(5);
    expect(tasks).toEqual([
      '  find the source (2.50 s) :done, s0, 2026-11-20 00:00:00.000, 2026-11-20 00:00:02.500',
      '  wait for it (2.50 s) :crit, s1, 2026-11-20 00:00:00.000, 2026-11-20 00:00:02.500',
      '  quiesce the source (2.00 s) :done, s2, 2026-11-20 00:00:03.000, 2026-11-20 00:00:05.000',
      '  resume the source (0.75 s) :done, s3, 2026-11-20 00:00:05.250, 2026-11-20 00:00:06.000',
    ]);
  });
});

describe('too much to show', () => {
  const many = (count: number): Report => ({
    ...bad,
    verification: {
      ...verification,
      checks: [
        ...Array.from({ length: count }, (_, index) => check(`db.t${index}`, 'passed')),
        check('db.broken', 'failed'),
      ],
    },
  });

  test('the failing checks are shown, the rest is counted', () => {
    const text = renderSummary(many(5000));
    expect(text).toContain('1 failed, 5,000 passed.');
    expect(text).toContain('db.broken');
    expect(text).toContain('4,801 more checks not shown: 4,801 passed; the receipt has them all');
    expect(Buffer.byteLength(text)).toBeLessThan(summaryLimit);
  });

  test('less room, less detail, and the headline stays', () => {
    const full = Buffer.byteLength(renderSummary(many(500)));
    for (const limit of [full - 1, 12_000, 6_000, 3_000, 200]) {
      const text = renderSummary(many(500), limit);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
      expect(text).toContain('is bad');
      checkShape(text);
    }
    expect(renderSummary(many(500), 10)).toBe('');
  });

  test('any strings in: the limit holds, tables keep their columns, fences stay closed', () => {
    const text = fc.oneof(
      anyText({ maxLength: 60 }),
      fc.constantFrom(
        'a|b',
        '```',
        '`````\n# x',
        '\\|',
        'x\r\ny',
        '<!-- ',
        '-->',
        '</details>',
        '\ud800',
        'é'.repeat(5000),
      ),
      fc.string({ unit: fc.constantFrom('`', '|', '\\', '\n', ' ', 'x', '😀'), maxLength: 40 }),
    );
    const checks = fc.array(
      fc.record<CheckResult>({ name: text, outcome: fc.constantFrom(...outcomes), detail: text, output: text }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(text, text, text, checks, fc.integer({ min: 0, max: 20_000 }), (a, b, c, found, limit) => {
        const report: Report = {
          ...bad,
          source: a,
          plan: [{ decision: b, reason: c }],
          timeline: [{ ...(bad.timeline[0] as Report['timeline'][number]), name: a, note: b }],
          failingStep: c,
          error: { what: a, likelyCause: b, fix: c, detail: b },
          notes: [a, b],
          receiptLocation: c,
          verification: { ...verification, checks: found },
        };
        const rendered = renderSummary(report, limit);
        expect(Buffer.byteLength(rendered)).toBeLessThanOrEqual(limit);
        checkShape(rendered);
      }),
      { numRuns: 300 },
    );
  });

  test('the largest thing that can be said fits as well', () => {
    const huge = '\u0001<&|`😀'.repeat(20_000);
    const report: Report = {
      ...many(3000),
      plan: Array.from({ length: 3000 }, () => ({ decision: huge, reason: huge })),
      // More than are shown; each takes memory.
      notes: Array.from({ length: 300 }, (_, index) => `${index} ${huge}`),
      timeline: Array.from({ length: 3000 }, () => ({
        ...(bad.timeline[0] as Report['timeline'][number]),
        name: huge,
      })),
      error: { what: huge, likelyCause: huge, fix: huge, detail: huge },
    };
    const text = renderSummary(report);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(summaryLimit);
    expect(text).toContain('2940 shorter steps are left out');
    checkShape(text);
  });
});
