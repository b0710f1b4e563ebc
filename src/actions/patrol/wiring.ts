/** Opens what patrol reads: the buckets, and the snapshots of every region. */
import { createEc2Regions } from '../../adapters/aws/ec2-regions.ts';
import { S3Objects } from '../../adapters/aws/objects.ts';
import { tagsToKeep } from '../../watch/inventory/from-snapshot.ts';
import { openSession } from '../common/services.ts';
import type { Settings } from './inputs.ts';
import type { Context, Ports } from './ports.ts';

export function openPorts(settings: Settings, { run, logger, signal }: Context): Ports {
  const open = (region: string) => openSession('patrol', settings, region, run);
  const home = settings.awsRegion;
  const session = open(home);
  return {
    objects: new S3Objects(session, { logger, signal }),
    regions: createEc2Regions({
      session: (region) => (region === home ? session : open(region)),
      home,
      tagsToKeep,
      signal,
    }),
    random: Math.random,
  };
}
