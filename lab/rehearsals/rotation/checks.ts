/** What must hold after a rotation. The rules are written anew here, and nothing of the product decides. */
import { source } from '../../hosts/pair.ts';
import type { Lab } from '../../lab.ts';
import type { InstanceRecord, SnapshotRecord, World } from '../../services/aws/ec2/model/world.ts';
import { type Check, firstOf } from '../check.ts';
import { hookFolder } from './hook-document.ts';
import { checkOverdue } from './overdue.ts';
import { rotationRegions } from './regions.ts';

/** The snapshots of a region that a rotation looks after. */
function automated(world: World): SnapshotRecord[] {
  return [...world.snapshots.values()].filter((one) => one.tags.get('Type') === 'Automated');
}

/** Checks every region, and the source host. */
export async function checkRotation(lab: Lab): Promise<Check[]> {
  const today = lab.clock.now().toISOString().slice(0, 10);
  const worlds = new Map(rotationRegions.map((region) => [region as string, lab.aws.ec2.world(region)]));
  const snapshots = checkTodaysSnapshots([...worlds.values()], today);
  const copies = checkCopies(worlds);
  const doubled = [...snapshots.doubled, ...copies.doubled];
  const wrongTags = [...wrongDescriptions([...worlds.values()]), ...copies.wrongDates];
  return [
    snapshots.check,
    copies.check,
    { holds: doubled.length === 0, text: `nothing was made twice${firstOf(doubled)}` },
    { holds: wrongTags.length === 0, text: `descriptions and dates are right${firstOf(wrongTags)}` },
    ...[...worlds.values()].map((world) => checkOverdue(world, automated(world), today)),
    await checkSource(lab),
  ];
}

/** Every volume of a tagged instance must have one snapshot of today. */
function checkTodaysSnapshots(worlds: readonly World[], today: string): { check: Check; doubled: string[] } {
  const uncovered: string[] = [];
  const doubled: string[] = [];
  let instances = 0;
  for (const world of worlds) {
    const own = automated(world);
    for (const instance of world.instances.values()) {
      if (instance.tags.get('Backup') !== 'Yes') continue;
      instances += 1;
      for (const volumeId of volumesToCover(world, instance)) {
        const made = own.filter(
          (one) => one.volumeId === volumeId && one.tags.get('holdfast:slot') === today && one.state !== 'error',
        );
        if (made.length === 0) uncovered.push(volumeId);
        if (made.length > 1) doubled.push(volumeId);
      }
    }
  }
  const text = `every volume of ${instances} tagged instances has a snapshot of today${firstOf(uncovered)}`;
  return { check: { holds: uncovered.length === 0, text }, doubled };
}

function volumesToCover(world: World, instance: InstanceRecord): string[] {
  const excluded = instance.tags.get('Exclude_Volumes');
  return [...world.volumes.values()]
    .filter(({ id, attachment }) => {
      if (attachment?.instanceId !== instance.id) return false;
      return attachment.device !== excluded && !(excluded === 'root' && id === instance.rootVolumeId);
    })
    .map((volume) => volume.id);
}

/** Every primary must have one copy, with its own date, wherever its tag Copy_Dest says. */
function checkCopies(worlds: ReadonlyMap<string, World>): { check: Check; doubled: string[]; wrongDates: string[] } {
  const uncopied: string[] = [];
  const doubled: string[] = [];
  const wrongDates: string[] = [];
  let count = 0;
  for (const primary of [...worlds.values()].flatMap(automated)) {
    if (primary.tags.has('Source_SnapshotId')) continue;
    for (const destination of (primary.tags.get('Copy_Dest') ?? '').split(' ').filter(Boolean)) {
      const copies = copiesOf(primary, worlds.get(destination));
      count += copies.length;
      if (copies.length === 0) uncopied.push(`${primary.id} in ${destination}`);
      if (copies.length > 1) doubled.push(`${primary.id} in ${destination}`);
      for (const copy of copies)
        if (copy.tags.get('DeleteOn') !== primary.tags.get('DeleteOn')) wrongDates.push(`${copy.id} in ${destination}`);
    }
  }
  const text = `every snapshot has the copies that its tags ask for, ${count} in all${firstOf(uncopied)}`;
  return { check: { holds: uncopied.length === 0, text }, doubled, wrongDates };
}

function copiesOf(primary: SnapshotRecord, destination: World | undefined): SnapshotRecord[] {
  if (destination === undefined) return [];
  return automated(destination).filter(
    (copy) => copy.tags.get('Source_SnapshotId') === primary.id && copy.state !== 'error',
  );
}

const description = / \(i-[0-9a-f]+\) - vol-[0-9a-f]+ \(.+\) - [a-z0-9-]+$/;

function wrongDescriptions(worlds: readonly World[]): string[] {
  return worlds
    .flatMap(automated)
    .filter(({ tags }) => tags.has('holdfast:slot') && !description.test(tags.get('Description') ?? ''))
    .map((one) => one.id);
}

/** The database answers, its volume takes writes, and the user's document has let the application go on. */
async function checkSource(lab: Lab): Promise<Check> {
  const answers = await lab.hosts.sourceAnswers();
  const { stdout } = await lab.hosts.runOnSource(`#!/bin/bash
touch /ibdata/.holdfast-check && rm /ibdata/.holdfast-check && echo writable
[ ! -e ${hookFolder}/quiesced ] && echo working
`);
  const resumed = stdout.includes('writable') && stdout.includes('working');
  return {
    holds: answers && resumed,
    text: `${source.name} ${answers ? 'answers' : 'does not answer'}; ${
      resumed
        ? 'its data volume is writable and its application is working'
        : 'its data volume is frozen or its application is still quiesced'
    }`,
  };
}

const changing = /^(Create|Copy|Delete|Modify)/;

/** The calls that changed something in EC2, from the call number `first` on. */
export function changesSince(lab: Lab, first: number): string[] {
  return lab.log.records
    .slice(first)
    .filter((one) => one.endpoint === 'ec2' && changing.test(one.operation) && one.status < 400)
    .map((one) => one.operation);
}

export function checkNothingChanged(lab: Lab, first: number): Check {
  const changes = changesSince(lab, first);
  return {
    holds: changes.length === 0,
    text:
      changes.length === 0
        ? 'the second run changed nothing'
        : `the second run made ${changes.length} changes: ${[...new Set(changes)].join(', ')}`,
  };
}
