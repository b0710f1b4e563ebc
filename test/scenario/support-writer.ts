/** A source that is written to while it is backed up, and what its nights leave. */
import type { Lab } from '../../lab/lab.ts';
import type { RunResult } from '../../lab/runner/runner.ts';
import type { Receipt } from '../../src/domain/receipt.ts';

/** Rows come, go and change all over the tables, so that hardly a range of them stands still. */
const statements = [
  "INSERT INTO billing.invoices SELECT MAX(id) + 1, 1, '2014-01-01', 5, 0 FROM billing.invoices;",
  'UPDATE ads.clicks SET agent = NOW(6) WHERE id % 200 = FLOOR(RAND() * 200);',
  'DELETE FROM ads.impressions_daily WHERE impressions % 5000 = FLOOR(RAND() * 5000);',
  "INSERT INTO ads.`odd, name``s` SELECT MAX(`key, part`) + 1, 'new' FROM ads.`odd, name``s`;",
];

export async function startWriter(lab: Lab): Promise<void> {
  const script = `#!/bin/bash
cat >/run/writer.sql <<'END'
${statements.join('\n')}
END
systemd-run --quiet --unit=writer bash -c 'while true; do mariadb --socket=/tmp/mysql-ib.sock --force </run/writer.sql; sleep 0.05; done'
`;
  const { stderr } = await lab.hosts.runOnSource(script);
  if (stderr !== '') throw new Error(`the writer does not start: ${stderr}`);
}

export async function stopWriter(lab: Lab): Promise<void> {
  await lab.hosts.runOnSource('#!/bin/bash\nsystemctl stop writer\n');
}

export interface Night {
  readonly run: RunResult;
  readonly receipt: Receipt;
}

/** A backup and its proof by the workflow of variants. */
export async function night(lab: Lab, inputs: Readonly<Record<string, string>>): Promise<Night> {
  const run = await lab.runWorkflow('test/scenario/workflows/variants.yml', { event: 'workflow_dispatch', inputs });
  const receipt = JSON.parse((await lab.state.receipts())[`receipts/ib01.prod/${run.id}.json`] ?? '{}') as Receipt;
  return { run, receipt };
}

/**
 * Units of sessions and transactions of some age: none when a run has left nothing. On a busy computer a unit takes a moment to go, and so
 * do the statements of a writer, so it looks again for 20 s.
 */
export async function sessionsLeft(lab: Lab): Promise<string[]> {
  for (const until = Date.now() + 20_000; ; ) {
    const left = await sessionsNow(lab);
    if (left.length === 0 || Date.now() > until) return left;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function sessionsNow(lab: Lab): Promise<string[]> {
  const old = `SELECT CONCAT('transaction of ', trx_started) FROM information_schema.innodb_trx WHERE trx_started < NOW() - INTERVAL 3 SECOND`;
  const script = `#!/bin/bash
systemctl list-units --no-legend --state=active 'holdfast-lock-*'
mariadb --socket=/tmp/mysql-ib.sock --skip-column-names --batch --execute "${old}"
`;
  const { stdout } = await lab.hosts.runOnSource(script);
  return stdout.split('\n').filter((line) => line !== '');
}

/**
 * Bash, in single quotes, that ends well as soon as the session of a lock says that it is in a phase. A phase may be short, so it starts no
 * program for a look.
 */
export function lookForPhase(phase: string, seconds: number): string {
  const look = `for one in /run/holdfast/sessions/*/state; do state=; IFS= read -r state 2>/dev/null <"$one" || true; [ "$state" != ${phase} ] || exit 0; done`;
  return `(exec 4<> <(:); while [ "$SECONDS" -lt ${seconds} ]; do { ${look}; } 2>/dev/null; read -r -t 0.002 -u 4 || true; done; exit 1)`;
}
