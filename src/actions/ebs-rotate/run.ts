/**
 * A run from start to end: wait for the dumps of the day, then create, copy and expire in one region, and report what
 * stays and why. Every decision is made in src/rotation/plan; a part that fails does not stop the next one.
 */
import { type RotationPart, rotationParts } from '../../domain/rotation.ts';
import { localTime, slotOf } from '../../rotation/plan/dates.ts';
import { copy } from './copy.ts';
import { create } from './create.ts';
import { waitForDumps } from './dumps.ts';
import { expire, reportCost } from './expire.ts';
import type { Settings } from './inputs.ts';
import { Inventory } from './inventory.ts';
import type { Context, Ports } from './ports.ts';
import { findActiveRegions } from './regions.ts';
import { RotationResults } from './results.ts';
import { compareRetention } from './retention-review.ts';
import type { Rotation } from './rotation.ts';

const parts: Readonly<Record<RotationPart, { title: string; execute: (rotation: Rotation) => Promise<void> }>> = {
  create: { title: 'Create snapshots', execute: create },
  copy: { title: 'Copy snapshots to other regions', execute: copy },
  expire: { title: 'Expire snapshots', execute: expire },
};

/** @throws ConfigurationError, BackupError that names everything that went wrong; what could be done was done */
export async function run(settings: Settings, ports: Ports, context: Context): Promise<void> {
  const { timeline, report } = context;
  const notes = await waitForDumps(settings, ports.workflows, context);
  if (settings.mode === 'regions') {
    const regions = await timeline.step('Find the regions', () => findActiveRegions(ports.regions, context));
    const note = `regions with something to do: ${regions.join(', ') || 'none'}`;
    report({ outcome: 'done', regions, notes: [...notes, note] });
    return;
  }
  const rotation = begin(settings, ports, context, notes);
  if (settings.compareRetention === undefined) await rotate(rotation);
  else await timeline.step('Compare the retentions', () => compareRetention(rotation));
}

function begin(settings: Settings, ports: Ports, context: Context, notes: readonly string[]): Rotation {
  const { awsRegion, timeZone } = settings;
  const now = context.clock.now();
  const today = localTime(now, timeZone).day;
  const slot = settings.slot === '' ? slotOf(now, timeZone, settings.every) : `${today}/${settings.slot}`;
  const inventory = new Inventory(ports.regions, awsRegion);
  const results = new RotationResults({ region: awsRegion, slot, today }, notes, context.report);
  return { settings, ports, context, inventory, results, now, today, slot };
}

async function rotate(rotation: Rotation): Promise<void> {
  const { settings, context, results } = rotation;
  const chosen = rotationParts.filter((part) => settings.mode === 'all' || settings.mode === part);
  for (const part of chosen) {
    const { title, execute } = parts[part];
    results.begin(part);
    try {
      await context.timeline.step(title, () => execute(rotation));
    } catch (error) {
      context.signal.throwIfAborted();
      results.failure(part, `${part} in ${settings.awsRegion}`, error);
    } finally {
      results.send();
    }
  }
  await reportCost(rotation);
  results.send();
  context.report({ outcome: settings.dryRun ? 'dry-run' : results.changed ? 'done' : 'nothing-to-do' });
  results.throwIfFailed(settings.dryRun);
}
