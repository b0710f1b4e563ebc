import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { renderSeries } from '../../../src/report/render/datadog.ts';
import { runbookLink, runbookSection, runbookSections } from '../../../src/report/render/runbook.ts';
import { renderSlack } from '../../../src/report/render/slack.ts';
import type { Report } from '../../../src/report/report.ts';
import { anyText } from '../../generators/any-text.ts';
import { bad, check, good, taken, unproven, verification } from './samples.ts';

describe('Slack', () => {
  test('speaks of failures and verdicts only', () => {
    expect(renderSlack(taken)).toBeUndefined();
    expect(renderSlack({ ...good, outcome: 'dry-run', verdict: undefined })).toBeUndefined();
    expect(renderSlack(good)?.text).toBe('✅ The backup of ib01.prod is good: restored and checked');
    expect(renderSlack({ ...taken, outcome: 'failed' })?.text).toContain('run failed');
  });

  test('a bad backup names the check that failed and the way on', () => {
    const all = JSON.stringify(renderSlack(bad));
    expect(all).toContain('*sales.orders:* sales.orders: detail');
    expect(all).toContain('1 failed, 1 not compared, 1 passed');
    expect(all).toContain('runbook.md#the-verdict-is-bad|Run book>');
  });

  test('keeps Slack’s limits and its own markup, whatever comes in', () => {
    const text = fc.oneof(
      anyText({ maxLength: 300 }),
      fc.constantFrom('<!channel>', '&'.repeat(9000), '<>'.repeat(3000), '😀'.repeat(2000), '\ud800'),
    );
    fc.assert(
      fc.property(text, text, (a, b) => {
        const report: Report = {
          ...bad,
          source: a,
          error: { what: b, fix: a },
          run: { key: a, url: b, attempt: 1 },
          verification: { ...verification, snapshotId: b, checks: [{ ...check(a, 'failed'), detail: b }] },
        };
        const message = renderSlack(report);
        expect(message?.text.length).toBeLessThanOrEqual(3000);
        expect(message?.blocks.length).toBeLessThanOrEqual(50);
        for (const block of message?.blocks ?? []) {
          const texts = 'text' in block ? [block.text] : 'fields' in block ? block.fields : block.elements;
          expect(texts.length).toBeLessThanOrEqual(10);
          for (const part of texts) {
            expect(part.text.length).toBeLessThanOrEqual(
              block.type === 'header' ? 150 : 'fields' in block ? 2000 : 3000,
            );
            if (part.type === 'mrkdwn') expect(part.text).not.toMatch(/<!|<@|<#/);
          }
        }
      }),
    );
  });
});

describe('Datadog', () => {
  const values = (report: Report): Record<string, number | undefined> =>
    Object.fromEntries(renderSeries(report).map((series) => [series.metric, series.points[0]?.value]));

  test('1 for good, 0 for bad, and no value at all for unproven', () => {
    expect(values(good)).toEqual({
      infobright_backup_valid: 1,
      infobright_backup_recovery_seconds: 84.2,
      infobright_backup_bytes_read: 64_424_509_440,
    });
    expect(values(bad).infobright_backup_valid).toBe(0);
    expect(values(unproven)).not.toHaveProperty('infobright_backup_valid');
    expect(values(taken)).toEqual({ infobright_backup_pause_seconds: 3.25 });
    expect(values({ ...good, outcome: 'dry-run' })).toEqual({});
  });

  test('tags, time and type are as Datadog wants them', () => {
    expect(renderSeries({ ...good, source: 'a,b' })[0]).toEqual({
      metric: 'infobright_backup_valid',
      type: 3,
      points: [{ timestamp: Date.parse(good.endedAt) / 1000, value: 1 }],
      tags: ['source:a_b', 'snapshot:snap-0ccc'],
    });
  });
});

describe('the run book', () => {
  test('a code leads to its section, an address with a fragment is left alone', () => {
    const coded = (code: string): string => runbookSection({ ...unproven, error: { what: 'x', code } });
    expect(coded('held')).toBe('held');
    expect(coded('RequestLimitExceeded')).toBe('aws-throttles');
    expect(coded('ExpiredToken')).toBe('credentials-ran-out');
    expect(coded('constructor')).toBe('the-verdict-is-unproven');
    expect(runbookSection({ ...taken, outcome: 'failed' })).toBe('the-snapshot-was-not-taken');
    expect(runbookLink({ ...bad, runbookUrl: 'https://wiki.example/ib#top' })).toBe('https://wiki.example/ib#top');
    expect(runbookLink({ ...bad, runbookUrl: '' })).toBeUndefined();
  });

  test('docs/runbook.md has every section that a report links to', () => {
    const page = new URL('../../../docs/runbook.md', import.meta.url);
    expect(existsSync(page)).toBe(true);
    const anchors = readFileSync(page, 'utf8')
      .split('\n')
      .filter((line) => /^#{2,4} /.test(line))
      .map((line) =>
        line
          .replace(/^#+ /, '')
          .toLowerCase()
          .replace(/[^a-z0-9 _-]/g, '')
          .replaceAll(' ', '-'),
      );
    expect(runbookSections.filter((section) => !anchors.includes(section))).toEqual([]);
  });
});
