/** Tells a heartbeat service of the run: never instead of the work, and never for long. */
import { logger, maskSecret } from '../../adapters/github/toolkit.ts';
import { sendHeartbeat } from '../../adapters/notify/heartbeat.ts';
import { type HeartbeatRun, type HeartbeatSignal, heartbeatRequest, heartbeatSignals } from '../../report/heartbeat.ts';
import { systemClock } from '../../runtime/clock.ts';
import { CancelledError } from '../../runtime/interruptions.ts';

export interface Heartbeat {
  /** Tells how the run ended: what went wrong is told inside, a service outside gets the address of the run. Never throws. */
  end(error: unknown): Promise<void>;
}

/**
 * Tells that the run starts, beside the work, which does not wait for it. Each signal takes ten seconds at most.
 * @param given text of the input `heartbeat-url`
 */
export function startHeartbeat(given: string, run: HeartbeatRun): Heartbeat {
  if (given === '') return { end: async () => {} };
  const requests = heartbeatSignals.map((kind) => [kind, heartbeatRequest(given, kind, run)] as const);
  for (const [, request] of requests) if (request !== undefined) maskSecret(request.url);
  const tell = async (told: HeartbeatSignal, options: { deadlineSeconds?: number; signal?: AbortSignal }) => {
    const request = requests.find(([kind]) => kind === told)?.[1];
    if (request === undefined) return;
    const delivery = await sendHeartbeat(request, { clock: systemClock, ...options });
    if (!delivery.sent && !options.signal?.aborted)
      logger.warning(`the heartbeat (${told}) could not be delivered: ${delivery.reason}`);
  };
  const starting = new AbortController();
  const started = tell('start', { signal: starting.signal });
  return {
    end: async (error) => {
      // A cancelled run has seconds left.
      const cancelled = error instanceof CancelledError;
      if (cancelled) starting.abort();
      // A service takes what comes last for how it is.
      await started;
      await tell(error === undefined ? 'success' : 'failure', cancelled ? { deadlineSeconds: 2 } : {});
    },
  };
}
