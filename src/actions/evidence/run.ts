/** Evidence of a period: read, put together, write. */
import { plural } from '../../runtime/format.ts';
import { version } from '../../runtime/version.ts';
import { bundleOf } from '../../watch/evidence/bundle.ts';
import type { Evidence } from '../../watch/evidence/document.ts';
import { evidenceOf } from '../../watch/evidence/evidence.ts';
import { lastPeriod } from '../../watch/evidence/period.ts';
import { readEvidence } from '../../watch/evidence/read/read.ts';
import type { Settings } from './inputs.ts';
import type { Context, Ports } from './ports.ts';

export async function run(settings: Settings, ports: Ports, context: Context): Promise<void> {
  const { timeline, report, clock, run: own } = context;
  const { from, to, last, awsRegion: region, receiptBucket } = settings;
  const now = clock.now();
  const period = from === '' ? lastPeriod(last, now) : { from, to };
  report({ period: `${period.from}-${period.to}` });
  const input = await timeline.step('Read receipts, snapshots, promises and commits', () =>
    readEvidence(
      { period, region, receiptBucket, now, writtenBy: `Holdfast ${version}`, runUrl: own.url },
      ports,
      context,
    ),
  );
  const evidence = evidenceOf(input);
  const gaps = evidence.sources.reduce((all, one) => all + one.gaps.length, 0);
  report({ gaps, notes: notesOf(evidence, gaps) });
  if (settings.dryRun) {
    report({ outcome: 'dry-run' });
    return;
  }
  const folder = await timeline.step('Write the files', async () => ports.write(bundleOf(evidence)));
  report({ outcome: 'done', folder });
}

/** What the summary says: the figures, and what is not known. */
function notesOf({ period, sources, notKnown }: Evidence, gaps: number): readonly string[] {
  const sum = (count: (source: Evidence['sources'][number]) => number): number =>
    sources.reduce((all, one) => all + count(one), 0);
  const missed = sum(({ runs }) => runs.missed);
  const unknown = sum(({ runs }) => runs.unknown);
  return [
    `${period.from} to ${period.to}: ${plural(sources.length, 'source')}, ${plural(
      sum(({ runs }) => runs.promised),
      'promised run',
    )}, ${plural(
      sum(({ backups }) => backups.length),
      'backup',
    )} known, ${plural(
      sum(({ proofs }) => proofs.good),
      'good proof',
    )}`,
    `${plural(gaps, 'gap')} of ${plural(missed, 'missed run')}; of ${plural(unknown, 'run')} it is not known`,
    ...notKnown.map((one) => `not known: ${one}`),
  ];
}
