/** Instances: described, started and stopped; behind each may stand a host of the machine room. */
import { LabAwsError } from '../../protocol/service.ts';
import type { InstanceRecord } from '../model/world.ts';
import type { Scene } from '../requests/context.ts';
import { filter } from '../requests/filters.ts';
import { page } from '../requests/listings.ts';
import { checkId, list, refusePagesOf } from '../requests/query.ts';
import { instanceFields, instanceView, stateView } from './views.ts';

function named(scene: Scene): InstanceRecord[] {
  return list(scene.parameters, 'InstanceId').map((id) => {
    checkId(id, 'i', 'InstanceID');
    const found = scene.world.instances.get(id);
    if (!found) throw new LabAwsError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
    return found;
  });
}

export function describeInstances(scene: Scene) {
  const { world, parameters } = scene;
  scene.authorize('ec2:DescribeInstances', []);
  scene.endDryRun();
  const ids = named(scene);
  refusePagesOf(
    parameters,
    ids.map((one) => one.id),
    'instancesSet',
  );
  const passes = filter(parameters, instanceFields, (one) => one.tags);
  const { items, nextToken } = page(
    scene,
    () => (ids.length > 0 ? ids : [...world.instances.values()]).filter(passes),
    (one) => world.instances.has(one.id),
  );
  return {
    reservationSet: items.map((one) => ({
      reservationId: `r-${one.id.slice(2)}`,
      ownerId: scene.options.seed.accountId,
      instancesSet: [instanceView(world, one)],
    })),
    nextToken,
  };
}

export function startInstances(scene: Scene) {
  const records = named(scene);
  scene.authorize(
    'ec2:StartInstances',
    records.map((one) => ({ type: 'instance', id: one.id, tags: one.tags })),
  );
  const wrong = records.find((one) => one.state === 'stopping');
  if (wrong)
    throw new LabAwsError(
      'IncorrectInstanceState',
      `The instance '${wrong.id}' is not in a state from which it can be started.`,
    );
  scene.endDryRun();
  const changes = records.map((one) => {
    const previous = one.state;
    if (one.state === 'stopped') boot(scene, one);
    return { instanceId: one.id, currentState: stateView(one.state), previousState: stateView(previous) };
  });
  return { instancesSet: changes };
}

function boot(scene: Scene, one: InstanceRecord): void {
  const { options, delays, switches } = scene;
  one.state = 'pending';
  options.clock.after(delays.instanceStart, () => {
    one.state = 'running';
    const host = options.hosts.host(one.id);
    const online = (): void =>
      void options.clock.after(delays.agentOnline, () => switches.onInstance(one.id, one.state === 'running'));
    // EC2 says "running" while the machine still boots; its agent comes later.
    (host?.boot() ?? Promise.resolve()).then(online, (error: unknown) =>
      console.error(`lab: ${one.id} did not boot:`, error),
    );
  });
}

export function stopInstances(scene: Scene) {
  const records = named(scene);
  scene.authorize(
    'ec2:StopInstances',
    records.map((one) => ({ type: 'instance', id: one.id, tags: one.tags })),
  );
  const wrong = records.find((one) => one.state === 'pending');
  if (wrong)
    throw new LabAwsError(
      'IncorrectInstanceState',
      `The instance '${wrong.id}' is not in a state from which it can be stopped.`,
    );
  scene.endDryRun();
  const { options, delays, switches } = scene;
  const changes = records.map((one) => {
    const previous = one.state;
    if (one.state === 'running') {
      one.state = 'stopping';
      switches.onInstance(one.id, false);
      const down = options.hosts.host(one.id)?.shutdown() ?? Promise.resolve();
      const stopped = (): void =>
        void options.clock.after(delays.instanceStop, () => Object.assign(one, { state: 'stopped' }));
      down.then(stopped, stopped);
    }
    return { instanceId: one.id, currentState: stateView(one.state), previousState: stateView(previous) };
  });
  return { instancesSet: changes };
}
