/** What every lab holds: the running source with its Infobright database, and the verification host, which is stopped. */

import type { Hypervisor, StoredImage } from '../../hosts/host.ts';
import { dataDevice, dataVolumeId, source, verification } from '../../hosts/pair.ts';
import { region, zone } from '../../services/aws/account.ts';
import type { Seed } from '../../services/aws/ec2/model/seed.ts';
import type { SeededParts } from '../seed.ts';

/** The two instances in EC2. */
export function hostInstances(
  data: StoredImage,
  sourceTags: Readonly<Record<string, string>> = {},
  hypervisor: Hypervisor = 'nitro',
): Seed['instances'] {
  const common = { zone, type: hypervisor === 'nitro' ? 'm5.large' : 'm4.large' };
  return [
    {
      ...common,
      ...source,
      state: 'running',
      tags: { 'holdfast:host': 'source', ...sourceTags },
      rootVolumeId: 'vol-0b1e5a7d20c94f301',
      volumes: [{ id: dataVolumeId, device: dataDevice, image: data, tags: { Name: `${source.name} data` } }],
    },
    {
      ...common,
      ...verification,
      state: 'stopped',
      tags: { 'holdfast:host': 'verification' },
      rootVolumeId: 'vol-0c92e8b41f73da303',
      volumes: [],
    },
  ];
}

/** Repository variables of the Infobright backup, and those that every job needs. */
export function infobrightVariables({ aws }: SeededParts): Record<string, string> {
  return {
    HOLDFAST_REGION: region,
    HOLDFAST_RECEIPT_BUCKET: aws.receiptBucket,
    HOLDFAST_API_TIMEOUT: '5s',
    HOLDFAST_BACKUP_ROLE: aws.roles.BackupRole ?? '',
    HOLDFAST_VERIFY_ROLE: aws.roles.VerifyRole ?? '',
    HOLDFAST_IB_SOURCE: source.name,
    HOLDFAST_IB_INSTANCE: source.name,
    HOLDFAST_IB_VERIFY_INSTANCE: verification.name,
    // Short, so that the rehearsal of a killed runner takes seconds, not minutes.
    HOLDFAST_IB_MAX_PAUSE: '20s',
  };
}
