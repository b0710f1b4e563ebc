import { expect, test } from '@jest/globals';
import { identityToken } from '../../../src/adapters/github/id-token.ts';
import { BackupError } from '../../../src/runtime/errors.ts';
import { FakeClock, FakeLogger } from '../../fakes/clock.ts';

/** As the toolkit words it (@actions/core, oidc-utils). */
function answered(status: number | undefined): Error {
  return new Error(
    `Error message: Failed to get ID Token. \n \n        Error Code : ${status}\n \n        Error Message: refused`,
  );
}

async function askWith(refusals: readonly (number | undefined)[]) {
  const clock = new FakeClock();
  let asked = 0;
  const ask = async (): Promise<string> => {
    asked += 1;
    if (asked > refusals.length) return 'token';
    throw answered(refusals[asked - 1]);
  };
  const outcome = await identityToken(ask, { clock, logger: new FakeLogger() }).catch((error: unknown) => error);
  return { outcome, asked, slept: clock.slept };
}

test.each([[403], [429], [500], [503], [undefined]])('a token is asked for again after %p', async (status) => {
  expect(await askWith([status, status])).toEqual({ outcome: 'token', asked: 3, slept: [1000, 2000] });
});

test('what no repetition can change is not repeated', async () => {
  const { outcome, asked } = await askWith([401]);
  expect(asked).toBe(1);
  expect(outcome).toBeInstanceOf(BackupError);
});

test.each([
  [403, /no permission id-token: write .* or GitHub refused in passing/, /id-token: write/],
  [429, /too many jobs/, /max-parallel/],
  [500, /token service/, /githubstatus/],
])('a refusal that stays, %p, says what it means', async (status, likelyCause, fix) => {
  const { outcome, asked } = await askWith([status, status, status, status, status, status]);
  expect(asked).toBe(5);
  const error = outcome as BackupError;
  expect(error.what).toBe(
    `GitHub gave this job no identity token: its endpoint answered ${status}, 5 times, so the role cannot be assumed`,
  );
  expect(error.likelyCause).toMatch(likelyCause);
  expect(error.fix).toMatch(fix);
});
