/**
 * What the suites of the ports share. A suite is written once and runs against the fake (test/unit/ports) and against the real
 * adapter (the tests of this folder): where they differ, the fake is wrong.
 */
import { expect } from '@jest/globals';
import { AwsError } from '../../../src/runtime/errors.ts';

/** Asks again until the answer is the one that is wanted, at most a hundred times. */
export async function eventually<T>(
  pass: () => Promise<void>,
  ask: () => Promise<T>,
  wanted: (answer: T) => boolean,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await ask();
    if (wanted(answer) || attempt === 100) return answer;
    await pass();
  }
}

/** Code and kind of the AwsError with which a call ends, and whether it had an effect. */
export async function refusal(call: Promise<unknown>): Promise<Pick<AwsError, 'code' | 'kind' | 'outcome'>> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AwsError);
  const { code, kind, outcome } = error as AwsError;
  return { code, kind, outcome };
}
