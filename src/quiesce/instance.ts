/**
 * Quiesces an instance around its snapshots: the user's SSM document first, then a freeze of the data filesystems. Each
 * has its lease before it begins. An instance that cannot be quiesced is snapshotted as it is, and the notes say why.
 */
import type { Instance } from '../domain/ec2.ts';
import type { Consistency } from '../domain/rotation.ts';
import type { Hooks } from '../ports/hooks.ts';
import type { Hosts } from '../ports/hosts.ts';
import type { WorkContext } from '../runtime/context.ts';
import { explain } from '../runtime/errors.ts';
import { quiesceApplication, resumeApplication } from './document.ts';
import { freeze, type Thawed, thaw } from './freeze.ts';
import { type Attempt, type HoldStore, type InstanceHold, OpenHold } from './instance-hold.ts';

export interface QuiesceRequest {
  readonly instance: Pick<Instance, 'id' | 'launchedAt' | 'type' | 'devices' | 'rootDevice'>;
  /** The user's SSM document that quiesces the application; undefined for none. */
  readonly document: string | undefined;
  /** EBS volumes whose filesystems are frozen; empty for none. */
  readonly freeze: readonly string[];
  /** Names the freeze on the host. */
  readonly holdId: string;
  /** Seconds after which the source resumes by itself. */
  readonly maxPauseSeconds: number;
  /** Seconds that each half of the document may take. */
  readonly documentSeconds: number;
}

export interface QuiescePorts extends HoldStore {
  readonly hosts: Hosts;
  readonly hooks: Hooks;
}

export interface QuiescedInstance {
  readonly consistency: Exclude<Consistency, 'vss'>;
  /** Why the consistency is less than requested, and what was left out. */
  readonly notes: readonly string[];
  /** Epoch ms at which the first lease ends; infinite when nothing is quiesced. */
  readonly untilMs: number;
  /** Never rejects. */
  resume(): Promise<ResumedInstance>;
}

/** How the pause ended. `failures`: errors of what this run could not resume; the leases will. */
export type ResumedInstance = Thawed;

const notQuiesced: Attempt = { untilMs: undefined, notes: [], failures: [] };

/** @throws the signal's reason when the run is cancelled; then everything is resumed already */
export async function quiesceInstance(
  request: QuiesceRequest,
  ports: QuiescePorts,
  context: WorkContext,
): Promise<QuiescedInstance> {
  const { instance, document, holdId, documentSeconds, maxPauseSeconds } = request;
  const instanceId = instance.id;
  if (document === undefined && request.freeze.length === 0) return asIs([]);
  const agent = await askAgent(instance, ports.hosts);
  context.signal.throwIfAborted();
  // The user's own document may well run where Holdfast's cannot.
  const volumes = agent.kind === 'online' ? request.freeze : [];
  if (agent.kind === 'offline' || (document === undefined && volumes.length === 0))
    return asIs([`it cannot be quiesced, so the snapshot is crash-consistent: ${agent.why}`]);
  const unfrozen = volumes.length < request.freeze.length ? [`the filesystems were not frozen: ${agent.why}`] : [];

  const hold = new OpenHold(instanceId, ports);
  const application =
    document === undefined
      ? notQuiesced
      : await quiesceApplication(
          { instanceId, document, documentSeconds, maxPauseSeconds },
          hold,
          ports.hooks,
          context,
        );
  const filesystems =
    volumes.length === 0
      ? { ...notQuiesced, notes: unfrozen }
      : await freeze({ instance, volumes, holdId, maxPauseSeconds }, hold, ports.hosts, context);
  if (context.signal.aborted) {
    await resumeInstance(hold.current, documentSeconds, ports);
    throw context.signal.reason;
  }
  return {
    consistency: consistencyOf(application, filesystems),
    notes: [...application.notes, ...filesystems.notes],
    untilMs: Math.min(application.untilMs ?? Number.POSITIVE_INFINITY, filesystems.untilMs ?? Number.POSITIVE_INFINITY),
    resume: async () => {
      const resumed = await resumeInstance(hold.current, documentSeconds, ports);
      if (resumed.failures.length === 0) hold.close();
      return { ...resumed, failures: [...application.failures, ...filesystems.failures, ...resumed.failures] };
    },
  };
}

/** Resumes what is held: the filesystems first, then the application. Never rejects. */
export async function resumeInstance(
  hold: InstanceHold,
  documentSeconds: number,
  { hosts, hooks }: Pick<QuiescePorts, 'hosts' | 'hooks'>,
): Promise<ResumedInstance> {
  const thawed = hold.holdId === undefined ? nothingToThaw : await thaw(hold.instanceId, hold.holdId, hosts);
  const failures = [...thawed.failures];
  await resumeApplication(hold, documentSeconds, hooks).catch((error: unknown) => {
    failures.push(error);
  });
  return { ...thawed, failures };
}

const nothingToThaw: Thawed = { leaseAtMs: undefined, pauseMs: undefined, failures: [] };

function asIs(notes: readonly string[]): QuiescedInstance {
  return { consistency: 'crash', notes, untilMs: Number.POSITIVE_INFINITY, resume: async () => nothingToThaw };
}

interface AgentAnswer {
  readonly kind: 'online' | 'too-old' | 'offline';
  /** Why no command is sent, or none of Holdfast's own. */
  readonly why: string;
}

/** To an agent that does not answer a command takes minutes to fail, and may still be delivered later. */
async function askAgent({ id, launchedAt }: QuiesceRequest['instance'], hosts: Hosts): Promise<AgentAnswer> {
  try {
    const { online, detail } = await hosts.reachable(id, launchedAt);
    return { kind: online ? 'online' : 'offline', why: detail };
  } catch (error) {
    const { what, fix, code } = explain(error);
    if (code === 'agent-too-old') return { kind: 'too-old', why: `${what} (${fix})` };
    return { kind: 'offline', why: what };
  }
}

function consistencyOf(application: Attempt, filesystems: Attempt): QuiescedInstance['consistency'] {
  if (application.untilMs === undefined) return filesystems.untilMs === undefined ? 'crash' : 'freeze';
  return filesystems.untilMs === undefined ? 'document' : 'document freeze';
}
