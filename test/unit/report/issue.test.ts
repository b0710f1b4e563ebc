import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decideIssue, type ExistingIssue, type IssueDecision, issueMarker } from '../../../src/report/render/issue.ts';
import { bodyLimit } from '../../../src/report/render/issue-text.ts';
import type { Report } from '../../../src/report/report.ts';
import { anyText } from '../../generators/any-text.ts';
import { bad, check, good, taken, unproven, verification } from './samples.ts';

/** GitHub as far as decisions go: applies what was decided. */
class Tracker {
  issues: ExistingIssue[] = [];
  comments: string[] = [];

  report(report: Report): IssueDecision {
    const decision = decideIssue(this.issues, report);
    const put = (number: number, change: Partial<ExistingIssue>): void => {
      this.issues = this.issues.map((issue) => (issue.number === number ? { ...issue, ...change } : issue));
    };
    switch (decision.kind) {
      case 'create':
        this.issues.push({ number: this.issues.length + 1, state: 'open', body: decision.body });
        break;
      case 'update':
      case 'reopen':
        put(decision.number, { state: 'open', body: decision.body });
        if (decision.comment !== undefined) this.comments.push(decision.comment);
        break;
      case 'close':
        for (const number of decision.numbers) put(number, { state: 'closed' });
        this.comments.push(decision.comment);
        break;
      case 'none':
    }
    return decision;
  }
}

const inRun = (report: Report, id: number, endedAt = report.endedAt): Report => ({
  ...report,
  endedAt,
  run: { key: `acme/backups/actions/runs/${id}`, url: `https://github.example/runs/${id}`, attempt: 1 },
});

describe('the life of the issue of a source', () => {
  test('opened, updated, closed by a verified success, opened again', () => {
    const tracker = new Tracker();
    expect(tracker.report(inRun(bad, 1, '2026-11-20T00:20:00Z')).kind).toBe('create');
    expect(tracker.issues[0]?.body).toContain('First seen 2026-11-20 00:20:00 UTC.');
    expect(tracker.report(inRun(unproven, 2, '2026-11-21T00:20:00Z')).kind).toBe('update');
    expect(tracker.issues[0]?.body).toContain('2 failures since 2026-11-20 00:20:00 UTC');
    expect(tracker.issues[0]?.body).toContain('is unproven');
    expect(tracker.comments.at(-1)).toContain('Still failing at 2026-11-21');
    expect(tracker.report(inRun(good, 3)).kind).toBe('close');
    expect(tracker.comments.at(-1)).toContain('is good');
    expect(tracker.report(inRun(good, 4)).kind).toBe('none');
    expect(tracker.report(inRun(bad, 5, '2026-11-24T00:20:00Z')).kind).toBe('reopen');
    expect(tracker.comments.at(-1)).toContain('Failing again');
    expect(tracker.issues[0]?.body).toContain('First seen 2026-11-24 00:20:00 UTC.');
    expect(tracker.issues).toHaveLength(1);
  });

  test('a snapshot that is not yet verified closes nothing; neither does a plan or nothing to do', () => {
    const tracker = new Tracker();
    tracker.report(inRun(bad, 1));
    for (const report of [
      taken,
      { ...good, outcome: 'dry-run' as const },
      { ...good, outcome: 'nothing-to-do' as const },
    ]) {
      expect(tracker.report(inRun(report, 2)).kind).toBe('none');
    }
    expect(tracker.issues[0]?.state).toBe('open');
  });

  test('a good verdict whose run failed afterwards (clean-up) is a failure', () => {
    expect(decideIssue([], { ...good, outcome: 'failed', error: { what: 'the volume stays attached' } }).kind).toBe(
      'create',
    );
  });

  test('the same run twice: said once, counted once', () => {
    const tracker = new Tracker();
    tracker.report(inRun(bad, 1));
    tracker.report(inRun(bad, 2));
    const { length } = tracker.comments;
    expect(tracker.report(inRun(bad, 2)).kind).toBe('update');
    expect(tracker.comments).toHaveLength(length);
    expect(tracker.issues[0]?.body).toContain('2 failures since');
  });

  test('sources do not share issues, and a title does not matter', () => {
    const tracker = new Tracker();
    tracker.report(inRun({ ...bad, source: 'ib01.prod' }, 1));
    expect(tracker.report(inRun({ ...bad, source: 'ib01' }, 1)).kind).toBe('create');
    expect(tracker.report(inRun({ ...good, source: 'ib01' }, 2))).toMatchObject({ kind: 'close', numbers: [2] });
  });

  test('two open issues (made at the same time by hand or by two runs) are closed together', () => {
    const body = issueMarker(bad.source);
    const existing: ExistingIssue[] = [
      { number: 3, state: 'closed', body },
      { number: 4, state: 'open', body },
      { number: 9, state: 'open', body },
    ];
    expect(decideIssue(existing, good)).toMatchObject({ kind: 'close', numbers: [9, 4] });
    expect(decideIssue(existing, bad)).toMatchObject({ kind: 'update', number: 9 });
  });
});

describe('the text', () => {
  test('holds the failing step, the end of the output, run and run book', () => {
    const decision = decideIssue([], bad);
    const body = decision.kind === 'create' ? decision.body : '';
    expect(decision).toMatchObject({ title: 'Backup of ib01.prod fails', labels: ['holdfast'] });
    expect(body.startsWith('<!-- holdfast:source=ib01.prod failure=backup -->\n')).toBe(true);
    expect(body).toContain('**Step:** compare with the fingerprint');
    expect(body).toContain('```text\nexpected 1200 rows\nfound 1199 rows\n```');
    expect(body).toContain(`](${bad.run.url})`);
    expect(body).toContain('docs/runbook.md#the-verdict-is-bad');
  });

  test('fits, whatever is in it, and the marker stays whole and found', () => {
    const text = fc.oneof(
      anyText({ maxLength: 200 }),
      fc.constantFrom('-->', '<!-- holdfast:source=other failure=backup -->', '```', '\ud800', 'x|`<&'.repeat(20_000)),
    );
    fc.assert(
      fc.property(text, text, fc.array(text, { maxLength: 60 }), (source, output, details) => {
        const report: Report = {
          ...bad,
          source,
          error: { what: output, detail: output, fix: output },
          verification: {
            ...verification,
            checks: details.map((detail) => ({ ...check(detail, 'failed', output), detail })),
          },
        };
        const tracker = new Tracker();
        const made = tracker.report(report);
        expect(made.kind === 'create' && made.title.length <= 256 && !/[\r\n]/.test(made.title)).toBe(true);
        expect(tracker.issues[0]?.body.length).toBeLessThanOrEqual(bodyLimit);
        const next = tracker.report(inRun(report, 78));
        expect(next.kind === 'update' && (next.comment?.length ?? 0) <= bodyLimit).toBe(true);
        expect(tracker.report({ ...good, source }).kind).toBe('close');
        expect((tracker.comments.at(-1) ?? '').length).toBeLessThanOrEqual(bodyLimit);
      }),
      { numRuns: 100 },
    );
  });

  test('output that quotes another source’s marker does not take over that source’s issue', () => {
    const marker = issueMarker('ib02.prod');
    const made = decideIssue([], { ...bad, error: { what: 'x', detail: marker } });
    const body = made.kind === 'create' ? made.body : '';
    expect(decideIssue([{ number: 1, state: 'open', body }], { ...good, source: 'ib02.prod' }).kind).toBe('none');
  });

  test('sources and runs that begin alike are told apart, however long they are', () => {
    const long = `s3://${'a'.repeat(300)}/`;
    expect(issueMarker(`${long}1.gz`)).not.toBe(issueMarker(`${long}2.gz`));
    expect(issueMarker(`${long}1.gz`)).toBe(issueMarker(`${long}1.gz`));
    const tracker = new Tracker();
    const key = (id: number) => `${'o'.repeat(39)}/${'r'.repeat(100)}/actions/runs/${id}`;
    const of = (id: number): Report => ({ ...bad, run: { key: key(id), url: 'https://github.example', attempt: 1 } });
    expect([1, 2, 2].map((id) => tracker.report(of(id)))).toMatchObject([
      { kind: 'create' },
      { kind: 'update', comment: expect.any(String) },
      // The same run again: nothing new is said.
      expect.not.objectContaining({ comment: expect.any(String) }),
    ]);
  });
});

describe('a kept backup that is proven again', () => {
  const again = { takenAt: '2026-10-21T00:10:00Z', id: 'snap-1' };

  test('has an issue of its own, which no other backup of the source closes', () => {
    const tracker = new Tracker();
    expect(tracker.report(inRun({ ...bad, again }, 1)).kind).toBe('create');
    expect(tracker.issues[0]?.body).toContain('closes the issue when this backup has been proven again');
    expect(tracker.report(inRun(good, 2)).kind).toBe('none');
    expect(tracker.report(inRun({ ...good, again: { ...again, takenAt: '2026-10-22T00:10:00Z' } }, 3)).kind).toBe(
      'none',
    );
    expect(tracker.issues[0]?.state).toBe('open');
    expect(tracker.report(inRun({ ...good, again }, 4)).kind).toBe('close');
  });

  test('never touches the issue of the nightly backup', () => {
    const tracker = new Tracker();
    tracker.report(inRun(bad, 1));
    expect(tracker.report(inRun({ ...good, again }, 2)).kind).toBe('none');
    expect(tracker.issues[0]?.state).toBe('open');
  });

  test('that was not found opens none', () => {
    expect(new Tracker().report(inRun({ ...unproven, again: {} }, 1)).kind).toBe('none');
  });
});
