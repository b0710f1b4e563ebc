/** What must hold after a rehearsal of the rotation, looked up in the lab's EC2 by rules of its own. */

import type { Lab } from '../../lab.ts';
import { source } from '../../machines.ts';
import type { SnapshotRecord } from '../../services/aws/ec2/model/world.ts';
import type { Check } from '../infobright/checks.ts';
import { estateRegions } from './seed.ts';

const changing = /^(Create|Copy|Delete|Modify)/;

function automated(lab: Lab, region: string): SnapshotRecord[] {
  return [...lab.machines.ec2.world(region).snapshots.values()].filter((one) => one.tags.get('Type') === 'Automated');
}

/** Looks at every region. */
export async function checkRotation(lab: Lab): Promise<Check[]> {
  const today = lab.clock.now().toISOString().slice(0, 10);
  const uncovered: string[] = [];
  const uncopied: string[] = [];
  const doubled: string[] = [];
  const untagged: string[] = [];
  let sets = 0;
  let copies = 0;
  for (const region of estateRegions) {
    const world = lab.machines.ec2.world(region);
    const own = automated(lab, region);
    for (const instance of world.instances.values()) {
      if (instance.tags.get('Backup') !== 'Yes') continue;
      sets += 1;
      const excluded = instance.tags.get('Exclude_Volumes');
      const volumes = [...world.volumes.values()].filter(
        (one) =>
          one.attachment?.instanceId === instance.id &&
          one.attachment.device !== excluded &&
          !(excluded === 'root' && one.id === instance.rootVolumeId),
      );
      for (const volume of volumes) {
        const found = own.filter(
          (one) => one.volumeId === volume.id && one.tags.get('holdfast:slot') === today && one.state !== 'error',
        );
        if (found.length === 0) uncovered.push(volume.id);
        if (found.length > 1) doubled.push(volume.id);
      }
    }
    for (const one of own) {
      if (!/ \(i-[0-9a-f]+\) - vol-[0-9a-f]+ \(.+\) - [a-z0-9-]+$/.test(one.tags.get('Description') ?? '')) {
        if (one.tags.has('holdfast:slot')) untagged.push(one.id);
      }
      if (one.tags.has('Source_SnapshotId')) continue;
      for (const destination of (one.tags.get('Copy_Dest') ?? '').split(' ').filter(Boolean)) {
        const there = automated(lab, destination).filter(
          (copy) => copy.tags.get('Source_SnapshotId') === one.id && copy.state !== 'error',
        );
        copies += there.length;
        if (there.length === 0) uncopied.push(`${one.id} in ${destination}`);
        if (there.length > 1) doubled.push(`${one.id} in ${destination}`);
        for (const copy of there)
          if (copy.tags.get('DeleteOn') !== one.tags.get('DeleteOn')) untagged.push(`${copy.id} in ${destination}`);
      }
    }
  }
  const some = (list: readonly string[]): string =>
    list.length === 0 ? '' : `: ${list.slice(0, 3).join(', ')}${list.length > 3 ? ` and ${list.length - 3} more` : ''}`;
  return [
    {
      holds: uncovered.length === 0,
      text: `every volume of ${sets} tagged instances has today's snapshot${some(uncovered)}`,
    },
    {
      holds: uncopied.length === 0,
      text: `every primary is where its tags want it, ${copies} copies${some(uncopied)}`,
    },
    { holds: doubled.length === 0, text: `nothing was made twice${some(doubled)}` },
    { holds: untagged.length === 0, text: `descriptions and dates are as they should be${some(untagged)}` },
    ...overdue(lab, today),
    await serves(lab),
  ];
}

/** Nothing that is due stays without a reason that can be seen. */
function overdue(lab: Lab, today: string): Check[] {
  return estateRegions.map((region) => {
    const world = lab.machines.ec2.world(region);
    const own = automated(lab, region);
    const newest = new Map<string, SnapshotRecord>();
    const good = new Map<string, SnapshotRecord>();
    const volumeOf = (one: SnapshotRecord): string => one.tags.get('holdfast:volume') ?? one.volumeId;
    const moment = (one: SnapshotRecord): number =>
      Date.parse(one.tags.get('holdfast:taken-at') ?? one.startedAt.toISOString());
    for (const one of own.filter(({ state }) => state === 'completed').sort((a, b) => moment(a) - moment(b))) {
      newest.set(volumeOf(one), one);
      if (one.tags.get('Integrity') === 'good') good.set(volumeOf(one), one);
    }
    const inUse = new Set([...world.images.values()].flatMap((image) => image.snapshotIds));
    const left = own.filter(
      (one) =>
        (one.tags.get('DeleteOn') ?? '9') <= today &&
        !one.tags.has('KeepForever') &&
        one.lock === undefined &&
        one.tier !== 'archive' &&
        !inUse.has(one.id) &&
        newest.get(volumeOf(one)) !== one &&
        good.get(volumeOf(one)) !== one,
    );
    return {
      holds: left.length === 0,
      text: `${region}: ${own.length} automated snapshots, ${left.length} overdue without a reason${left.length > 0 ? `: ${left[0]?.id}` : ''}`,
    };
  });
}

/** The source serves and nothing on it is frozen or at rest. */
async function serves(lab: Lab): Promise<Check> {
  const answers = await lab.machines.sourceAnswers();
  const { stdout } = await lab.machines.runOnSource(
    '#!/bin/bash\ntouch /ibdata/.holdfast-check && rm /ibdata/.holdfast-check && echo writable\n[ ! -e /var/lib/holdfast-hook/at-rest ] && echo working\n',
  );
  const writable = stdout.includes('writable') && stdout.includes('working');
  return {
    holds: answers && writable,
    text: `${source.name} ${answers ? 'answers' : 'does not answer'}; its data volume ${writable ? 'is writable and its application at work' : 'is frozen or its application at rest'}`,
  };
}

/** Calls since `mark` that change something in EC2. */
export function changesSince(lab: Lab, mark: number): string[] {
  return lab.log.records
    .slice(mark)
    .filter((one) => one.endpoint === 'ec2' && changing.test(one.operation) && one.status < 400)
    .map((one) => one.operation);
}

export function checkNothingChanged(lab: Lab, mark: number): Check {
  const changes = changesSince(lab, mark);
  return {
    holds: changes.length === 0,
    text:
      changes.length === 0
        ? 'the run after it changes nothing'
        : `the run after it made ${changes.length} changes: ${[...new Set(changes)].join(', ')}`,
  };
}
