/** Which snapshot to verify, and where its copy goes. */
import { type Instance, newestFirst, type Snapshot } from '../domain/ec2.ts';
import type { Receipt } from '../domain/receipt.ts';
import { tagNames } from '../domain/tags.ts';

/** Snapshots without a verdict, newest first; one in the state `error` holds nothing that could be proven. */
export function unproven(snapshots: readonly Snapshot[]): Snapshot[] {
  return newestFirst(snapshots.filter((one) => one.tags[tagNames.integrity] === undefined && one.state !== 'error'));
}

/** The id of the snapshot that a receipt names: its own, or that of the one that it is a copy of. */
export function primaryOf({ id, tags }: Pick<Snapshot, 'id' | 'tags'>): string {
  return tags[tagNames.primary] ?? id;
}

/** Why a snapshot cannot be compared with its receipt, or undefined when it can. */
export function receiptProblem(snapshot: Snapshot, receipt: Receipt | undefined): string | undefined {
  if (receipt === undefined) return `${snapshot.id} has no receipt, so there is no fingerprint to compare a copy with`;
  if (receipt.state === 'draft')
    return `the run that made ${snapshot.id} died before its receipt was complete; running it again completes it`;
  if (receipt.state === 'abandoned')
    return `the receipt of ${snapshot.id} says that it cannot be trusted: ${receipt.notes.join('; ')}`;
  if (receipt.snapshot?.id !== primaryOf(snapshot))
    return `the receipt named by ${snapshot.id} describes ${receipt.snapshot?.id ?? 'no snapshot'}`;
  return undefined;
}

/** Device names that AWS recommends for data volumes (EC2 user guide, device names on Linux). */
const names = [...'fghijklmnop'].map((letter) => `/dev/sd${letter}`);

/** A device name that the instance does not use; undefined when all are taken. */
export function freeDevice(instance: Pick<Instance, 'devices'>): string | undefined {
  // An instance may know /dev/sdf as /dev/xvdf or plain sdf: the letter counts.
  const letters = new Set(
    Object.keys(instance.devices).map((name) => name.replace(/^(\/dev\/)?(sd|xvd)([a-z]).*$/, '$3')),
  );
  return names.find((name) => !letters.has(name.slice(-1)));
}
