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
