/** The story of anonymize: look at the definitions, check the rules, stream, check for leaks, keep the result. */
import { createReadStream, writeFileSync } from 'node:fs';
import { audit, renderRules } from '../../anonymize/audit/audit.ts';
import { anonymize, describeLeaks } from '../../anonymize/pipeline/anonymize.ts';
import type { RulesFile } from '../../anonymize/rules/file/rules-file.ts';
import { makePlan } from '../../anonymize/rules/plan/make-plan.ts';
import { Catalogue } from '../../anonymize/schema/catalogue.ts';
import { readCatalogue } from '../../anonymize/schema/read-catalogue.ts';
import type { MaskedReport } from '../../domain/dump.ts';
import type { PlanDecision } from '../../domain/plan.ts';
import type { Objects } from '../../ports/objects.ts';
import type { Clock } from '../../runtime/clock.ts';
import { compressionOf, decompress } from '../../runtime/compression/format.ts';
import { formatBytes, formatRate } from '../../runtime/format.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Timeline } from '../../runtime/timeline.ts';
import { openTarget, readPlace } from './places.ts';

export interface Wishes {
  readonly from: string;
  readonly to: string;
  /** File with the definitions; empty to read them in the dump. */
  readonly schema: string;
  readonly rules: RulesFile;
  readonly strict: boolean;
  readonly key: Uint8Array;
  readonly level: number;
  readonly requireFooter: boolean;
  readonly audit: boolean;
  /** Where the proposed rules are written. */
  readonly proposal: string;
  readonly dryRun: boolean;
}

export interface Findings {
  readonly outcome: 'done' | 'dry-run';
  readonly plan: readonly PlanDecision[];
  readonly masked: MaskedReport;
  readonly notes: readonly string[];
}

export interface Deps {
  readonly objects: () => Objects;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
  readonly found: (facts: Partial<Findings>) => void;
}

const progressSeconds = 10;

export async function run(wishes: Wishes, deps: Deps): Promise<void> {
  const { timeline, found, signal, logger } = deps;
  const open = (): AsyncIterable<Buffer> => decompress(readPlace(wishes.from, deps.objects), { once: true });
  const { requireFooter } = wishes;
  if (wishes.audit) {
    const proposals = await timeline.step('Look for personal data', () =>
      audit(open(), new Catalogue(), { requireFooter, signal }),
    );
    writeFileSync(wishes.proposal, renderRules(proposals));
    found({ outcome: 'dry-run', notes: [`rules are proposed in ${wishes.proposal}`] });
    logger.info(renderRules(proposals));
    return;
  }
  const catalogue = await timeline.step('Read the definitions', async (note) => {
    const seen =
      wishes.schema === ''
        ? await readCatalogue(open(), { requireFooter, signal })
        : await readDefinitions(wishes.schema, signal);
    note(`${seen.tables().length} tables`);
    return seen;
  });
  makePlan({ rules: wishes.rules, catalogue, key: wishes.key, complete: true });
  found({ plan: [{ decision: `write ${wishes.to || 'the anonymised dump'}`, reason: 'the rules fit the dump' }] });
  if (wishes.dryRun) {
    found({ outcome: 'dry-run' });
    return;
  }
  await timeline.step('Anonymise', async (note) => {
    const target = await openTarget(wishes.to, deps.objects);
    const began = deps.clock.now().getTime();
    let told = began;
    const seconds = (now: number): number => (now - began) / 1000;
    try {
      const report = await anonymize({
        source: open(),
        sink: (bytes) => target.write(bytes),
        compression: compressionOf(wishes.to),
        level: wishes.level,
        rules: wishes.rules,
        strict: wishes.strict,
        key: wishes.key,
        catalogue,
        requireFooter,
        signal,
        onProgress: (bytes) => {
          const now = deps.clock.now().getTime();
          if (now - told < progressSeconds * 1000) return;
          told = now;
          logger.info(`${formatBytes(bytes)} of SQL, ${formatRate(bytes, seconds(now))}`);
        },
      });
      await target.keep();
      const { counts, warnings, readBytes, writtenBytes } = report;
      note(`${formatBytes(readBytes)}, ${formatRate(readBytes, seconds(deps.clock.now().getTime()))}`);
      found({
        outcome: 'done',
        masked: { counts, warnings, readBytes, writtenBytes, findings: describeLeaks(report.leaks) },
      });
    } catch (error) {
      await target.discard();
      throw error;
    }
  });
}

/** The catalogue of a dump's definitions in a file of their own. */
export function readDefinitions(path: string, signal?: AbortSignal): Promise<Catalogue> {
  return readCatalogue(decompress(createReadStream(path), { once: true }), { requireFooter: false, signal });
}
