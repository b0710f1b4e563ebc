/**
 * Tags whose keys people take for those of the rotation, and AWS does not: keys are case-sensitive, and blanks and hyphens
 * count.
 */
import type { Tags } from '../../domain/ec2.ts';
import { configurationTags, rotationTags } from './tags.ts';

export interface NearMiss {
  /** The key as it is, in quotes, since blanks are easily overlooked. */
  readonly shown: string;
  readonly value: string;
  readonly meant: string;
}

const separators = /[\s_.:-]+/g;
const plain = (key: string): string => key.toLowerCase().replace(separators, '');

/** Whether one letter was left out, added, changed, or swapped with its neighbour. */
function differsByOne(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const [restA, restB] = [a.slice(at), b.slice(at)];
  return (
    restA.slice(1) === restB.slice(1) ||
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    (restA.slice(2) === restB.slice(2) && restA[0] === restB[1] && restA[1] === restB[0])
  );
}

/** Whether somebody who wrote this key is likely to have meant that one. */
export function isLike(key: string, name: string): boolean {
  return key !== name && differsByOne(plain(key), plain(name));
}

const keepForever = plain(rotationTags.keepForever);

/** Whether a key is meant to be `KeepForever`, and is not. */
export function isLikeKeepForever(key: string): boolean {
  // Regions have 100,000 snapshots with a dozen tags each: most keys end here.
  if (key === rotationTags.keepForever || key.length < keepForever.length - 1 || key.length > 24) return false;
  return differsByOne(plain(key), keepForever);
}

/** A tag of a snapshot that says for people that it is kept for ever. */
export function likeKeepForever(tags: Tags): NearMiss | undefined {
  const key = Object.keys(tags).find(isLikeKeepForever);
  return key === undefined ? undefined : { shown: `"${key}"`, value: tags[key] ?? '', meant: rotationTags.keepForever };
}

const { name: _name, ...configuring } = configurationTags;

/** Tags of an instance that configure nothing, because of how their keys are written. */
export function likeConfiguration(tags: Tags): readonly NearMiss[] {
  return Object.entries(tags).flatMap(([key, value]) => {
    const meant = Object.values(configuring).find((name) => plain(name) === plain(key));
    return meant === undefined || tags[meant] !== undefined ? [] : [{ shown: `"${key}"`, value, meant }];
  });
}

/** How `Backup` is likely to be misspelt; EC2's filters distinguish upper and lower case. */
export const likeBackup: readonly string[] = ['backup', 'BACKUP', 'BackUp', 'Backup ', ' Backup', 'Back-up', 'back-up'];
