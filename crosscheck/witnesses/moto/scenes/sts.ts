/** Sessions in exchange for identity tokens. */
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Scene } from '../side.ts';

export const sts: Scene = {
  name: 'sts',
  async play(side) {
    const { roleArn: RoleArn, token } = side.world;
    const exchange = (step: string, more: object = {}) =>
      side.call(
        step,
        () =>
          side.sts.send(
            new AssumeRoleWithWebIdentityCommand({
              RoleArn,
              RoleSessionName: 'holdfast-1',
              WebIdentityToken: token(),
              ...more,
            }),
          ),
        // moto reads nothing of the token.
        ({ Credentials, AssumedRoleUser }) => ({ Credentials, AssumedRoleUser }),
      );
    await exchange('with a token');
    await exchange('for a quarter of an hour', { DurationSeconds: 900 });
    await exchange('with a session name that is too short', { RoleSessionName: 'x' });
    await exchange('for too short a time', { DurationSeconds: 60 });
    await side.call('by keys for a role of nobody', () =>
      side.sts.send(
        new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::123456789012:role/none', RoleSessionName: 'holdfast-1' }),
      ),
    );
    await side.call(
      'who am I',
      () => side.sts.send(new GetCallerIdentityCommand({})),
      ({ Account, Arn, UserId }) => ({
        Account,
        kind: Arn?.replace(/\/.*$/, ''),
        hasId: UserId !== undefined,
      }),
    );
  },
};
