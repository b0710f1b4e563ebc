/** The scripts that hold a source, over SSM on the lab's real host. */
import { afterAll, beforeAll } from '@jest/globals';
import { dataVolumeId, source } from '../../../lab/hosts/pair.ts';
import { type Lab, startLab } from '../../../lab/lab.ts';
import { SsmHosts } from '../../../src/adapters/aws/hosts.ts';
import { AwsSession } from '../../../src/adapters/aws/session.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { FakeLogger } from '../../fakes/clock.ts';
import { freezeScripts, type HoldWorld, holdSuite, quiesceScripts } from './hosts.ts';

let lab: Lab;
let hosts: SsmHosts;
const before = { ...process.env };

beforeAll(async () => {
  lab = await startLab({});
  Object.assign(process.env, lab.environment());
  const common = { clock: systemClock, logger: new FakeLogger() };
  const region = 'us-east-1';
  const session = new AwsSession({
    ...common,
    region,
    identity: undefined,
    apiTimeoutSeconds: 30,
    transferTimeoutSeconds: 30,
    userAgent: 'test',
  });
  hosts = new SsmHosts(session, { ...common, documents: 'Holdfast-', comment: 'test' });
}, 300_000);

afterAll(async () => {
  for (const name of Object.keys(lab?.environment() ?? {}))
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  await lab?.stop();
}, 120_000);

const world = async (isHeld: () => Promise<boolean>): Promise<HoldWorld> => ({
  hosts,
  instanceId: source.id,
  clock: systemClock,
  isHeld,
  pass: (seconds) => systemClock.sleep(seconds * 1000),
  stop: async () => {},
});

/** Freezing what is frozen is refused, so it is a question that does no harm and does not hang. */
const canFreeze = '#!/bin/bash\nfsfreeze --freeze /ibdata 2>/dev/null && fsfreeze --unfreeze /ibdata && echo yes\n';

holdSuite('quiesce and resume', quiesceScripts, () => world(async () => !(await lab.hosts.sourceAnswers())));
holdSuite('freeze and thaw', freezeScripts(dataVolumeId), () =>
  world(async () => !(await lab.hosts.runOnSource(canFreeze)).stdout.includes('yes')),
);
