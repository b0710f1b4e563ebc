/** Reports what another default retention would change, and changes nothing. */
import { retentionChange } from '../../rotation/plan/retention-change.ts';
import type { Rotation } from './rotation.ts';

export async function compareRetention({ settings, context, inventory, results, slot }: Rotation): Promise<void> {
  const { retention, compareRetention: changed = retention } = settings;
  const { configurations, problems } = await inventory.configurations(retention);
  for (const one of problems) context.logger.warning(`${one.resource}: ${one.what}`);
  const facts = {
    region: settings.awsRegion,
    configurations,
    snapshots: await inventory.snapshots(),
    volumeTags: new Map(),
    slot,
    run: context.run,
  };
  results.comparison = retentionChange(facts, retention, changed);
  context.report({ outcome: 'dry-run' });
  results.send();
}
