/** What ebs-rotate is wired from beyond what every action has. */
import { SsmHooks } from '../../adapters/aws/hooks.ts';
import type { AwsSession } from '../../adapters/aws/session.ts';
import { logger } from '../../adapters/github/toolkit.ts';
import type { RunIdentity } from '../../domain/run.ts';
import type { Hooks } from '../../ports/hooks.ts';
import { systemClock } from '../../runtime/clock.ts';
import { commentOf } from '../common/wiring.ts';

export function hooksOf(session: AwsSession, run: RunIdentity): Hooks {
  return new SsmHooks(session, { clock: systemClock, logger, comment: commentOf('ebs-rotate', run) });
}
