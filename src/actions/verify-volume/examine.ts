/** What is done with the copy on the host: mount, start, check, read all of it. Damage becomes a failed check, not an error. */
import type { Instance, Volume } from '../../domain/ec2.ts';
import type { Receipt } from '../../domain/receipt.ts';
import type { CheckResult } from '../../domain/verification.ts';
import type { Hosts } from '../../ports/hosts.ts';
import type { Clock } from '../../runtime/clock.ts';
import { HostError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Timeline } from '../../runtime/timeline.ts';
import { compare, expectations } from '../../volume/fingerprint.ts';
import { damageOf, judgeIcm, judgeRead } from '../../volume/verdict.ts';

export interface CopyFindings {
  readonly checks: readonly CheckResult[];
  readonly read?: { readonly bytes: number; readonly files: number; readonly seconds: number };
  readonly recoverySeconds?: number;
  readonly serverVersion?: string;
}

interface ExamineWishes {
  readonly mountPoint: string;
  readonly service: string;
  readonly socket: string;
  readonly defaultsFile: string;
  readonly readSeconds: number;
}

interface ExamineTools {
  readonly hosts: Hosts;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
}

/** Milliseconds between two looks at how far the reading has come. */
const progressEvery = 15_000;

/** @param askedAt when the volume was asked for (epoch ms, this machine's clock): the recovery time starts there */
export async function examine(
  receipt: Receipt,
  volume: Volume,
  instance: Instance,
  wishes: ExamineWishes,
  tools: ExamineTools,
  askedAt: number,
): Promise<CopyFindings> {
  const { hosts, timeline, logger, clock, signal } = tools;
  const checks: CheckResult[] = [];
  const copy = { VolumeId: volume.id, MountPoint: wishes.mountPoint };
  const server = { Socket: wishes.socket, DefaultsFile: wishes.defaultsFile };

  const mounted = await timeline.step('Mount the copy', () =>
    attempt(checks, async () => {
      const answer = await hosts.run(
        instance.id,
        { script: 'mount-copy', parameters: { ...copy, WaitSeconds: '60' }, timeoutSeconds: 600 },
        signal,
      );
      checks.push({ name: 'filesystem mounts', outcome: 'passed', detail: `${answer.filesystem} on ${answer.device}` });
    }),
  );
  if (!mounted) return { checks };

  let findings: Partial<CopyFindings> = {};
  const started = await timeline.step('Start the service on the copy', (note) =>
    attempt(checks, async () => {
      const answer = await hosts.run(
        instance.id,
        {
          script: 'start-copy',
          parameters: { ...server, MountPoint: wishes.mountPoint, Service: wishes.service, WaitSeconds: '900' },
          timeoutSeconds: 960,
        },
        signal,
      );
      const recoverySeconds = (clock.now().getTime() - askedAt) / 1000;
      note(`the first query was served ${recoverySeconds.toFixed(1)} s after the volume was asked for`);
      checks.push({
        name: 'service starts',
        outcome: 'passed',
        detail: `${wishes.service} answers; ${answer.serverVersion}`,
      });
      findings = { recoverySeconds, serverVersion: answer.serverVersion };
    }),
  );

  if (started) {
    await timeline.step('Run the checks', (note) =>
      attempt(checks, async () => {
        const print = await hosts.run(
          instance.id,
          {
            script: 'fingerprint',
            parameters: {
              ...server,
              Method: receipt.fingerprint.method,
              Checks: receipt.fingerprint.checks,
              Saved: '',
            },
            timeoutSeconds: wishes.readSeconds,
            pace: 'long',
          },
          signal,
        );
        const results = compare(expectations(receipt.fingerprint), print, receipt.versions.server);
        checks.push(...results);
        note(`${results.filter((one) => one.outcome === 'passed').length} of ${results.length} passed`);
        for (const one of results)
          if (one.outcome !== 'passed') logger.warning(`${one.name}: ${one.outcome}: ${one.detail}`);
      }),
    );
  }

  await timeline.step('Read every file', (note) =>
    attempt(checks, async () => {
      const answer = await withProgress(volume, instance, tools, () =>
        hosts.run(
          instance.id,
          { script: 'read-data', parameters: copy, timeoutSeconds: wishes.readSeconds, pace: 'long' },
          signal,
        ),
      );
      const result = judgeRead(answer);
      checks.push(result);
      note(result.detail);
      findings = { ...findings, read: { bytes: answer.bytes, files: answer.files, seconds: answer.seconds } };
    }),
  );

  await timeline.step('Run icm where it is installed', (note) =>
    attempt(checks, async () => {
      const parameters = { DataDir: wishes.mountPoint, Service: wishes.service };
      const answer = await hosts.run(
        instance.id,
        { script: 'check-icm', parameters, timeoutSeconds: wishes.readSeconds, pace: 'long' },
        signal,
      );
      const result = judgeIcm(answer);
      if (result) checks.push(result);
      note(result?.detail ?? 'not installed on this host');
    }),
  );
  return { checks, ...findings };
}

/** Damage in the copy becomes a failed check; trouble with the machinery stays an error. */
async function attempt(checks: CheckResult[], work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    const failed = error instanceof HostError ? damageOf(error) : undefined;
    if (failed === undefined) throw error;
    checks.push(failed);
    return false;
  }
}

async function withProgress<T>(
  volume: Volume,
  instance: Instance,
  tools: ExamineTools,
  work: () => Promise<T>,
): Promise<T> {
  const { hosts, logger } = tools;
  let asking = false;
  const timer = setInterval(() => {
    if (asking) return;
    asking = true;
    hosts
      .run(instance.id, {
        script: 'progress',
        parameters: { VolumeId: volume.id },
        timeoutSeconds: 30,
      })
      .then(({ bytes, totalBytes }) => {
        if (totalBytes > 0)
          logger.info(
            `read ${((100 * bytes) / totalBytes).toFixed(0)} % of ${(totalBytes / 1024 ** 3).toFixed(1)} GiB`,
          );
      })
      .catch((error: Error) => logger.debug(`no progress to show: ${error.message}`))
      .finally(() => {
        asking = false;
      });
  }, progressEvery);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
