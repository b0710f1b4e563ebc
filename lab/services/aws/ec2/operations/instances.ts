/** Instances: described, started and stopped, and with them the hosts behind them. */
import { LabAwsError } from '../../protocol/service.ts';
import type { InstanceRecord } from '../model/world.ts';
import type { Ec2Context, Resource } from '../requests/context.ts';
import { filter } from '../requests/filters.ts';
import { findInstance } from '../requests/lookup.ts';
import { page } from '../requests/pages.ts';
import { list, refusePagesOf } from '../requests/query.ts';
import { instanceFields, instanceView, stateView } from './views.ts';

/** An instance as the policies are asked about it. */
export function instanceResource({ id, tags }: InstanceRecord): Resource {
  return { type: 'instance', id, tags };
}

function named({ world, parameters }: Ec2Context): InstanceRecord[] {
  return list(parameters, 'InstanceId').map((id) => findInstance(world, id));
}

export function describeInstances(context: Ec2Context) {
  const { world, parameters, options } = context;
  context.authorize('ec2:DescribeInstances', []);
  context.endDryRun();
  const instances = named(context);
  const ids = instances.map((one) => one.id);
  refusePagesOf(parameters, ids, 'instancesSet');
  const passes = filter(parameters, instanceFields, (one) => one.tags);
  const { items, nextToken } = page(
    context,
    () => (ids.length > 0 ? instances : [...world.instances.values()]).filter(passes),
    (one) => world.instances.has(one.id),
  );
  return {
    reservationSet: items.map((one) => ({
      reservationId: `r-${one.id.slice(2)}`,
      ownerId: options.seed.accountId,
      instancesSet: [instanceView(world, one)],
    })),
    nextToken,
  };
}

export function startInstances(context: Ec2Context) {
  return change(context, 'stopping', 'started', (one) => {
    if (one.state === 'stopped') boot(context, one);
  });
}

export function stopInstances(context: Ec2Context) {
  return change(context, 'pending', 'stopped', (one) => {
    if (one.state === 'running') shutDown(context, one);
  });
}

/** @param forbidden the state of an instance that cannot be changed now */
function change(
  context: Ec2Context,
  forbidden: InstanceRecord['state'],
  goal: 'started' | 'stopped',
  act: (one: InstanceRecord) => void,
) {
  const records = named(context);
  context.authorize(`ec2:${context.operation}`, records.map(instanceResource));
  const wrong = records.find((one) => one.state === forbidden);
  if (wrong)
    throw new LabAwsError(
      'IncorrectInstanceState',
      `The instance '${wrong.id}' is not in a state from which it can be ${goal}.`,
    );
  context.endDryRun();
  const changes = records.map((one) => {
    const previousState = stateView(one.state);
    act(one);
    return { instanceId: one.id, currentState: stateView(one.state), previousState };
  });
  return { instancesSet: changes };
}

function boot({ options, delays, switches }: Ec2Context, one: InstanceRecord): void {
  one.state = 'pending';
  one.launchedAt = options.clock.now();
  options.clock.after(delays.instanceStart, () => {
    one.state = 'running';
    const online = (): void =>
      void options.clock.after(delays.agentOnline, () => switches.onInstance(one.id, one.state === 'running'));
    // EC2 says "running" while the host still boots; its agent comes later.
    const booted = options.hosts.host(one.id)?.boot() ?? Promise.resolve();
    booted.then(online, (error: unknown) => console.error(`lab: ${one.id} did not boot:`, error));
  });
}

function shutDown({ options, delays, switches }: Ec2Context, one: InstanceRecord): void {
  one.state = 'stopping';
  switches.onInstance(one.id, false);
  const down = options.hosts.host(one.id)?.shutdown() ?? Promise.resolve();
  const stopped = (): void =>
    void options.clock.after(delays.instanceStop, () => {
      one.state = 'stopped';
    });
  down.then(stopped, stopped);
}
