/** How far this clock is from AWS's: every answer of AWS carries its time, a refusal too. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Clock } from '../../../runtime/clock.ts';

/** @returns seconds by which this clock is ahead; undefined when there was no answer with a date */
export async function readSkewSeconds(
  region: string,
  clock: Clock,
  timeoutSeconds: number,
): Promise<number | undefined> {
  const client = new STSClient({
    region,
    maxAttempts: 1,
    requestHandler: { requestTimeout: timeoutSeconds * 1000, throwOnRequestTimeout: true },
    // Refused, and dated all the same.
    credentials: { accessKeyId: 'unused', secretAccessKey: 'unused' },
  });
  let date: string | undefined;
  client.middlewareStack.add(
    (next) => async (call) => {
      const result = await next(call);
      const { headers = {} } = result.response as { headers?: Record<string, string> };
      date = headers.date ?? headers.Date;
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'holdfastDate' },
  );
  const asked = clock.now().getTime();
  await client.send(new GetCallerIdentityCommand({})).catch(() => {});
  const there = Date.parse(date ?? '');
  if (!Number.isFinite(there)) return undefined;
  // The header is in whole seconds, cut off; the question took its time.
  return ((asked + clock.now().getTime()) / 2 - there - 500) / 1000;
}
