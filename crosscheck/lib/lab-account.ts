/** The lab's AWS in this process, without hosts, for one witness or one run of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AccountOptions, type LabAccount, startAccount } from '../../lab/services/aws/account.ts';
import { realClock } from '../../lab/services/clock/clock.ts';
import { faultRules } from '../../lab/services/http/faults.ts';
import type { S3Address } from './s3.ts';

export interface LabAddress extends S3Address {
  readonly account: LabAccount;
  /** Stops it, and removes what it kept. */
  stop(): Promise<void>;
}

/** What every service of the lab needs of its calls: they are kept nowhere, and nothing disturbs them. */
export const undisturbed = () => ({ log: { path: '/dev/null', records: [], add: () => {} }, faults: faultRules() });

/** @param wanted beside an account that has nothing, whose roles nobody's token opens */
export async function startLabAccount(wanted: Partial<AccountOptions> = {}): Promise<LabAddress> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-crosscheck-'));
  const account = await startAccount({
    ...undisturbed(),
    ...{ directory, clock: realClock(), stack: 'none', seed: { instances: [], regions: [] } },
    ...{ issuer: 'https://issuer.test', subject: 'nobody', planSubject: 'nobody' },
    hosts: { storage: { copy: async (image) => image, remove: async () => {} }, host: () => undefined },
    ...wanted,
  });
  const { accessKeyId, secretAccessKey } = account.administrator;
  return {
    account,
    url: account.url,
    keys: { accessKeyId, secretAccessKey },
    stop: async () => {
      await account.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
