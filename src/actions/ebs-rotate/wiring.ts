/** What ebs-rotate and its post step reach besides what every action does. */
import { SsmHooks } from '../../adapters/aws/hooks.ts';
import type { AwsSession } from '../../adapters/aws/session.ts';
import { logger } from '../../adapters/github/toolkit.ts';
import type { RunIdentity } from '../../domain/run.ts';
import type { Hooks } from '../../ports/hooks.ts';
import { systemClock } from '../../runtime/clock.ts';
import { commandComment } from '../common/services.ts';
import type { Settings } from './inputs.ts';

export function openHooks(
  session: AwsSession,
  { ssmDocuments }: Pick<Settings, 'ssmDocuments'>,
  run: RunIdentity,
): Hooks {
  const comment = commandComment('ebs-rotate', run);
  return new SsmHooks(session, { clock: systemClock, logger, comment, documents: ssmDocuments });
}
