/** Examines the installation: read everything, judge it, report it. */
import { examine } from '../../doctor/examine.ts';
import { gather } from '../../doctor/gather/gather.ts';
import type { DoctorSettings } from '../../doctor/gather/settings.ts';
import { countFindings } from '../../domain/finding.ts';
import { BackupError } from '../../runtime/errors.ts';
import { plural } from '../../runtime/format.ts';
import type { Context, Ports } from './ports.ts';

/** @throws BackupError when a finding is `failed`; everything was examined and reported all the same */
export async function run(settings: DoctorSettings, ports: Ports, context: Context): Promise<void> {
  const { timeline, report } = context;
  const inventory = await timeline.step('Read the installation', () => gather(settings, ports, context));
  const findings = examine(inventory);
  report({ examination: findings });
  const { failed } = countFindings(findings);
  if (failed === 0) {
    report({ outcome: 'done' });
    return;
  }
  const [first] = findings.filter(({ status }) => status === 'failed');
  throw new BackupError({
    what: `${plural(failed, 'part')} of the installation ${failed === 1 ? 'is' : 'are'} broken; the first: ${first?.subject}: ${first?.is}`,
    fix: first?.fix,
    code: 'installation',
  });
}
