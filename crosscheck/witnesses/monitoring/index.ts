/** The watchdog's metrics by Prometheus' own parsers, and the Datadog dashboard by the models that Datadog makes from its OpenAPI. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/actions.ts';
import { pythonTools } from '../../../scripts/lib/tools.ts';
import type { KeptBackup } from '../../../src/domain/backup.ts';
import { metricsOf } from '../../../src/watch/metrics/metrics.ts';
import { type Family, metricsText, type TextFormat } from '../../../src/watch/metrics/text.ts';
import { watch } from '../../../src/watch/watchdog/watchdog.ts';
import type { Points } from '../../points.ts';
import type { Witness } from '../../witness.ts';

const definition = join(import.meta.dirname, 'install');

interface Read {
  readonly name: string;
  readonly type: string;
  readonly unit: string;
  readonly samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}
type Judged = Readonly<Record<TextFormat, readonly Read[] | string>> & { readonly dashboard: readonly string[] };

export const monitoring: Witness = {
  name: 'monitoring',
  compares:
    'The watchdog’s metrics with what Prometheus’ own parsers read of them, and the Datadog dashboard with the models of Datadog’s API',
  known: [],
  async install() {
    pythonTools(definition);
    const wanted = readFileSync(join(definition, 'requirements.in'), 'utf8');
    return [...wanted.matchAll(/^(\S+)==(\S+)$/gm)].map(([, name, version]) => `${name} ${version}`).join(', ');
  },
  async run(points: Points) {
    const families = metricsOf({ watched: watched(), now, version: '1.2.3' });
    const input = {
      prometheus: metricsText(families, 'prometheus'),
      openmetrics: metricsText(families, 'openmetrics'),
      dashboard: JSON.parse(readFileSync(join(root, 'docs/datadog-dashboard.json'), 'utf8')),
    };
    const python = join(pythonTools(definition), 'python');
    const script = join(import.meta.dirname, 'judge.py');
    const judged = JSON.parse(
      execFileSync(python, [script], { input: JSON.stringify(input), encoding: 'utf8' }),
    ) as Judged;
    for (const format of ['prometheus', 'openmetrics'] as const) judgeMetrics(points, format, families, judged[format]);
    points.compare('datadog: what its models do not know of the dashboard', [], judged.dashboard);
  },
};

function judgeMetrics(points: Points, format: TextFormat, families: readonly Family[], read: Judged[TextFormat]): void {
  if (typeof read === 'string') {
    points.compare(`${format}: the text is read`, 'yes', read);
    return;
  }
  const byName = new Map(read.map((one) => [one.name, one]));
  for (const { name, unit = '', samples } of families) {
    const ours = { type: 'gauge', ...(format === 'openmetrics' ? { unit } : {}), samples };
    const found = byName.get(name);
    const theirs = found && {
      type: found.type,
      ...(format === 'openmetrics' ? { unit: found.unit } : {}),
      samples: found.samples,
    };
    points.compare(`${format}: ${name}`, ours, theirs);
  }
}

const now = new Date('2026-06-10T20:00:00.000Z');
const run = { key: 'acme/backups/actions/runs/7', url: 'https://github.example/acme' };

/** Every metric once at least, of a source whose name has all that a label must escape. */
function watched() {
  const source = 'a\\b"c\nd é\u2028{x="y"} #';
  const since = '2026-01-01T00:00:00.000Z';
  const schedules = [{ expression: '17 3 * * *', timeZone: 'UTC', workflow: 'a.yml', since }];
  const promise = { kind: 'database-dump', schedules, since } as const;
  const backup: KeptBackup = {
    ...{ source, kind: 'database-dump', takenAt: '2026-06-10T03:20:00.000Z', id: 'receipt', region: 'us-east-1' },
    ...{ bytes: 5_000_000_000_000, verdict: 'good', pinned: false, pauseSeconds: 0.42 },
    proofs: [{ at: '2026-06-10T03:40:00.000Z', verdict: 'good', run, recoverySeconds: 61.5 }],
  };
  return watch({
    promises: [
      { ...promise, source, targets: { allowanceSeconds: 43_200, rpoSeconds: 93_600, rtoSeconds: 60 } },
      { ...promise, source: 'never', targets: { allowanceSeconds: 3600 } },
    ],
    inventory: { backups: [backup], unread: [] },
    now,
  });
}
