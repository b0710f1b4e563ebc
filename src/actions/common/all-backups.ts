/** What the actions that look at all backups reach: the buckets, and the snapshots of every region. */
import { S3Documents } from '../../adapters/aws/documents.ts';
import { createEc2Regions } from '../../adapters/aws/ec2-regions.ts';
import type { ActionName } from '../../report/report.ts';
import type { ActionContext } from '../../runtime/context.ts';
import { tagsToKeep } from '../../watch/inventory/from-snapshot.ts';
import type { InventoryPorts } from '../../watch/inventory/inventory.ts';
import type { AccessSettings } from './inputs.ts';
import { openSession } from './services.ts';

type Access = Pick<AccessSettings, 'roleToAssume' | 'roleFrom' | 'apiTimeout' | 'transferTimeout'>;

export function openAllBackups(
  action: ActionName,
  settings: Access & { readonly awsRegion: string },
  { run, logger, signal }: Pick<ActionContext<never>, 'run' | 'logger' | 'signal'>,
): InventoryPorts {
  const home = settings.awsRegion;
  const open = (region: string) => openSession(action, settings, region, run);
  const session = open(home);
  return {
    objects: new S3Documents(session, { logger, signal }),
    regions: createEc2Regions({
      session: (region) => (region === home ? session : open(region)),
      home,
      tagsToKeep,
      signal,
    }),
  };
}
