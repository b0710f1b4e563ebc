/** What the suites of dumps on hosts look at: receipts, and what a run leaves on the host. */
import type { Lab } from '../../lab/lab.ts';
import type { DumpReceipt } from '../../src/domain/dump.ts';

/** The receipt of a run; undefined for none. */
export async function receiptOf(lab: Lab, run: { readonly id: string | number }): Promise<DumpReceipt | undefined> {
  const all = Object.values(await lab.state.receipts()).map((text) => JSON.parse(text) as DumpReceipt);
  return all.find((one) => one.run.key.endsWith(`/${run.id}`));
}

/** Runs Bash on the source host. @throws Error with what it says on standard error */
export async function onHost(lab: Lab, script: string): Promise<string> {
  const { stdout, stderr, exitCode } = await lab.hosts.runOnSource(`#!/bin/bash\n${script}\n`);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}

/** Unfinished files, state and units of dumps. @param folder of the archives */
export function leftOnHost(lab: Lab, folder: string): Promise<string> {
  return onHost(
    lab,
    `ls ${folder}/unfinished 2>/dev/null; ls /run/holdfast/dumps | grep -v '^lock$'; systemctl list-units --plain --no-legend 'holdfast-dump-*'; true`,
  );
}

/** Asks again until there is an answer. */
export async function waitFor<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/**
 * Runs a dump whose runner is killed when it asks how far the host is, not before it is time.
 * @param isTime is asked beside the run: when the first question comes, the host may not have begun
 */
export async function killedWhen(
  lab: Lab,
  isTime: () => Promise<boolean>,
  dump: () => Promise<unknown>,
): Promise<void> {
  let [isDue, hasEnded] = [false, false];
  const time = waitFor(async () => (hasEnded || (await isTime()) ? true : undefined)).then(() => {
    isDue = true;
  });
  lab.faults.add({
    name: 'killed while the host dumps',
    endpoint: 'ssm',
    operation: 'SendCommand',
    when: (parameters) => isDue && (parameters as { DocumentName: string }).DocumentName === 'Holdfast-DumpState',
    effect: { kind: 'kill-before' },
  });
  await dump();
  hasEnded = true;
  await time;
  lab.clearFaults();
}
