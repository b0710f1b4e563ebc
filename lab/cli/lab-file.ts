/**
 * `lab.json` in the folder of a running lab: what a process outside of it needs to reach it. `npm run lab -- up` writes
 * it, `npm run action` reads it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labDirectories, ownerOf } from '../directory.ts';
import { source, verification } from '../hosts/pair.ts';
import type { Lab } from '../lab.ts';

export interface LabFile {
  /** Address and administrator keys of the lab's AWS. */
  readonly environment: Readonly<Record<string, string>>;
  /** Inputs by action, as the workflow files would set them. */
  readonly inputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const fileIn = (directory: string): string => join(directory, 'lab.json');

export function writeLabFile(lab: Lab): void {
  const content: LabFile = { environment: lab.environment(), inputs: inputsByAction(lab) };
  writeFileSync(fileIn(lab.directory), JSON.stringify(content, null, 2));
}

/** The newest lab of this checkout that still runs; undefined without one. */
export function readLabFile(): LabFile | undefined {
  const newest = labDirectories()
    .filter((directory) => ownerOf(directory) !== undefined)
    .map(fileIn)
    .filter((file) => existsSync(file))
    .toSorted()
    .at(-1);
  return newest === undefined ? undefined : (JSON.parse(readFileSync(newest, 'utf8')) as LabFile);
}

function inputsByAction({ aws, databases }: Lab): LabFile['inputs'] {
  // Long enough that a breakpoint in the pause does not run into the end of the lease.
  const unhurried = { 'max-pause': '10m' };
  const receipts = { 'receipt-bucket': aws.receiptBucket };
  return {
    'ib-snapshot': { ...receipts, ...unhurried, source: source.name, instance: source.name },
    'verify-volume': { ...receipts, source: source.name, instance: verification.name },
    'ebs-rotate': { ...unhurried, 'copy-wait': '5m' },
    ...(databases === undefined
      ? {}
      : {
          'db-dump': {
            ...receipts,
            source: 'infinite.prod',
            name: 'infinite-prod',
            bucket: aws.dumpBucket,
            'database-url': databases.source.url(databases.name),
            'scratch-url': databases.scratch.url(),
            'work-directory': databases.workDirectory,
          },
        }),
  };
}
