/** The scenes, in the order in which they are played: what one leaves behind, the next ones see on both sides. */
import { cloudformation } from './cloudformation.ts';
import { copies } from './copies.ts';
import { failures } from './failures.ts';
import { instances } from './instances.ts';
import { locks } from './locks.ts';
import { objects } from './objects.ts';
import { paging } from './paging.ts';
import { snapshots } from './snapshots.ts';
import { sts } from './sts.ts';
import { uploads } from './uploads.ts';
import { volumes } from './volumes.ts';

export const scenes = [
  instances,
  snapshots,
  volumes,
  objects,
  uploads,
  copies,
  locks,
  sts,
  cloudformation,
  failures,
  paging,
];
