/**
 * Bringing the source to rest around one call, and back: the user's SSM document, then the freeze of the data
 * filesystems. Each has its lease before it begins. What cannot be brought to rest is snapshotted as it is, and says so.
 */
import type { Hooks } from '../ports/hooks.ts';
import type { Hosts } from '../ports/hosts.ts';
import type { Consistency, CreateDecision } from '../rotation/plan/create.ts';
import type { Clock } from '../runtime/clock.ts';
import { AwsError, HostError } from '../runtime/errors.ts';
import type { Logger } from '../runtime/logger.ts';

/** What a pause leaves behind on a host until it is ended; the post step ends it when this run does not. */
export interface Pause {
  readonly instanceId: string;
  /** The hold of a freeze. */
  readonly holdId: string | undefined;
  /** The document whose post-script is owed, with its lease. */
  readonly document: string | undefined;
  readonly leaseId: string | undefined;
}

export interface RestTools {
  readonly hosts: Hosts;
  readonly hooks: Hooks;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Seconds until the source comes back by itself. */
  readonly maxPauseSeconds: number;
  /** Seconds each half of a document may take. */
  readonly documentSeconds: number;
  /** Remembers, before the side effect, what the post step must end; and forgets it. */
  readonly remember: (pause: Pause) => void;
  readonly forget: (instanceId: string) => void;
}

export interface Rest {
  readonly consistency: Consistency;
  /** Why it is less than was asked for, and what was left out. */
  readonly notes: readonly string[];
  /** Epoch ms after which nobody may rely on the rest any more. */
  readonly untilMs: number;
  /** Brings the source back. @returns when it did, and whether a lease was first */
  end(): Promise<Ended>;
}

export interface Ended {
  /** Epoch ms by the host's clock at which a lease ended the freeze; undefined when this run did. */
  readonly leaseAtMs: number | undefined;
  readonly pauseMs: number | undefined;
  /** What could not be ended by this run; the lease will. */
  readonly failures: readonly string[];
}

export async function bringToRest(decision: CreateDecision, holdId: string, tools: RestTools): Promise<Rest> {
  const { hosts, clock, logger, signal } = tools;
  const { id } = decision.instance;
  const notes: string[] = [];
  /** What could not be brought back at once: it is left to its lease, and that is a failure of this run. */
  const failures: string[] = [];
  let pause: Pause = { instanceId: id, holdId: undefined, document: undefined, leaseId: undefined };
  let untilMs = Number.POSITIVE_INFINITY;
  let frozen = false;
  const change = (more: Partial<Pause>): void => {
    pause = { ...pause, ...more };
    if (pause.holdId === undefined && pause.document === undefined) tools.forget(id);
    else tools.remember(pause);
  };

  const asIs = (): Rest => ({
    consistency: 'crash',
    notes,
    untilMs: Number.POSITIVE_INFINITY,
    end: async () => ({ leaseAtMs: undefined, pauseMs: undefined, failures: [] }),
  });
  const { document } = decision;
  if (document === undefined && decision.freeze.length === 0) return asIs();
  // A command to an agent that does not answer waits for minutes, and might still be delivered afterwards.
  const agent = await hosts.reachable(id).catch((error: unknown) => ({ online: false, detail: words(error) }));
  signal.throwIfAborted();
  if (!agent.online) {
    notes.push(`it cannot be brought to rest, so the snapshot is crash-consistent: ${agent.detail}`);
    return asIs();
  }
  if (document !== undefined) {
    try {
      await sweepLeases(id, document, tools);
      const at = new Date(clock.now().getTime() + (tools.documentSeconds + tools.maxPauseSeconds) * 1000);
      change({ document });
      change({ leaseId: await tools.hooks.arm(id, document, at) });
      untilMs = at.getTime();
      await tools.hooks.run(id, document, 'pre-script', tools.documentSeconds);
      logger.info(`${id}: ${document} has brought the application to rest`);
    } catch (error) {
      notes.push(`${document} did not bring the application to rest: ${reason(error)}`);
      // Where nobody knows whether it has ended it may come to rest later still: then the lease stays.
      const over = error instanceof AwsError && error.code === 'Failed';
      await endDocument(pause, tools, over).catch((failure: unknown) => failures.push(words(failure)));
      change({ document: undefined, leaseId: undefined });
      untilMs = Number.POSITIVE_INFINITY;
    }
  }

  if (decision.freeze.length > 0) {
    try {
      change({ holdId });
      const armedAt = clock.now().getTime();
      const answer = await hosts.run(
        id,
        {
          script: 'freeze',
          parameters: {
            HoldId: holdId,
            LeaseSeconds: String(tools.maxPauseSeconds),
            // Delivered late, when nobody waits any more, it must not freeze anything.
            NotAfterMs: String(armedAt + tools.maxPauseSeconds * 1000),
            Volumes: decision.freeze.join(' '),
          },
          timeoutSeconds: tools.maxPauseSeconds,
          deliverySeconds: 30,
          pace: 'pause',
        },
        signal,
      );
      frozen = true;
      untilMs = Math.min(untilMs, armedAt + tools.maxPauseSeconds * 1000);
      logger.info(`${id}: frozen: ${answer.frozen.join(', ')}`);
      for (const one of answer.skipped) notes.push(`${one.what} was not frozen: ${one.why}`);
    } catch (error) {
      notes.push(`the freeze failed, so the snapshot is crash-consistent: ${reason(error)}`);
      if (!surelyNotFrozen(error)) {
        // Thawing what is not frozen does no harm.
        failures.push(...(await thaw(pause, tools)).failures);
      }
      change({ holdId: undefined });
    }
  }
  if (signal.aborted) {
    // Not even begun: whatever is at rest goes on before this run ends.
    await endPause(pause, tools);
    throw signal.reason;
  }

  const consistency: Consistency =
    pause.document !== undefined ? (frozen ? 'document freeze' : 'document') : frozen ? 'freeze' : 'crash';
  return {
    consistency,
    notes,
    untilMs,
    end: async () => {
      const ended = await endPause(pause, tools);
      if (ended.failures.length === 0) tools.forget(id);
      return { ...ended, failures: [...failures, ...ended.failures] };
    },
  };
}

/** Ends whatever a pause still holds: thaws first, then lets the application go on. Never rejects. */
export async function endPause(pause: Pause, tools: Pick<RestTools, 'hosts' | 'hooks' | 'documentSeconds'>) {
  const thawed =
    pause.holdId === undefined ? { leaseAtMs: undefined, pauseMs: undefined, failures: [] } : await thaw(pause, tools);
  const failures = [...thawed.failures];
  await endDocument(pause, tools).catch((error: unknown) => failures.push(words(error)));
  return { ...thawed, failures };
}

async function thaw(pause: Pause, { hosts }: Pick<RestTools, 'hosts'>): Promise<Ended> {
  try {
    // Not with the run's own signal: a cancelled run still brings the source back.
    const thawed = await hosts.run(pause.instanceId, {
      script: 'thaw',
      parameters: { HoldId: pause.holdId ?? '' },
      timeoutSeconds: 120,
      deliverySeconds: 30,
      pace: 'pause',
    });
    return {
      leaseAtMs: thawed.leaseFired ? (thawed.resumeStartedMs ?? 0) : undefined,
      pauseMs: thawed.pauseMs ?? undefined,
      failures: [],
    };
  } catch (error) {
    return {
      leaseAtMs: undefined,
      pauseMs: undefined,
      failures: [`${pause.instanceId} could not be thawed, its lease will do it: ${words(error)}`],
    };
  }
}

/** Runs the post-script, and takes the lease away only when it has run. @param disarm false leaves the lease all the same */
async function endDocument(
  pause: Pause,
  { hooks, documentSeconds }: Pick<RestTools, 'hooks' | 'documentSeconds'>,
  disarm = true,
) {
  const { document, leaseId, instanceId } = pause;
  if (document === undefined) return;
  try {
    await hooks.run(instanceId, document, 'post-script', documentSeconds);
  } catch (error) {
    throw new Error(`${document} could not end the rest of ${instanceId}, its lease will do it: ${words(error)}`);
  }
  if (!disarm) return;
  const leases = leaseId === undefined ? await hooks.leases(instanceId) : [leaseId];
  for (const one of leases) await hooks.disarm(one);
}

/** A dead run may have left the application at rest: what it owes is done before a new pause begins. */
async function sweepLeases(instanceId: string, document: string, { hooks, documentSeconds, logger }: RestTools) {
  const left = await hooks.leases(instanceId);
  if (left.length === 0) return;
  logger.info(`${instanceId}: an earlier run left ${left.length} leases; ending what they stand for`);
  await hooks.run(instanceId, document, 'post-script', documentSeconds);
  for (const one of left) await hooks.disarm(one);
}

/** Whether AWS never sent the command, or the script itself says that it left nothing frozen. */
function surelyNotFrozen(error: unknown): boolean {
  if (error instanceof AwsError) return error.outcome === 'not-done';
  return error instanceof HostError && leavesNothingFrozen.has(error.code);
}

const leavesNothingFrozen = new Set(['too-late', 'nothing-to-freeze', 'no-lease', 'freeze-failed', 'busy']);

function reason(error: unknown): string {
  if (error instanceof AwsError && error.code === 'InvalidInstanceId') return 'no SSM agent has registered for it';
  return words(error);
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
