/** Anonymises a dump: read its definitions, check the rules, and stream it. Or audits it: propose rules, write no dump. */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { audit } from '../../anonymize/audit/audit.ts';
import { renderRules } from '../../anonymize/audit/render.ts';
import { anonymizeDump, checkDump } from '../../anonymize/bson/pipeline/anonymize-dump.ts';
import { detectDump } from '../../anonymize/bson/pipeline/detect.ts';
import type { DumpSource } from '../../anonymize/bson/pipeline/options.ts';
import { describeLeaks } from '../../anonymize/leak-check/leak-policy.ts';
import { type AnonymizeOptions, type AnonymizeReport, anonymize } from '../../anonymize/pipeline/anonymize.ts';
import { noRules } from '../../anonymize/rules/file/rules-file.ts';
import { makePlan } from '../../anonymize/rules/plan/make-plan.ts';
import type { Catalogue } from '../../anonymize/schema/catalogue.ts';
import { readCatalogue } from '../../anonymize/schema/read-catalogue.ts';
import { compressionOf, decompress } from '../../runtime/compression/format.ts';
import { ConfigurationError } from '../../runtime/errors.ts';
import { formatBytes, formatRate } from '../../runtime/format.ts';
import { logProgress } from '../../runtime/progress.ts';
import type { Settings } from './inputs.ts';
import { openTarget, readFile, readPlace } from './places.ts';
import { type Context, type Ports, proposalPath } from './ports.ts';
import { ReadTwice } from './read-twice.ts';

export async function run(settings: Settings, ports: Ports, context: Context): Promise<void> {
  const stored = (): AsyncIterable<Buffer> => readPlace(settings.from, ports.objects);
  const format = await detectDump(stored());
  if (format !== undefined) {
    await anonymizeDocuments({ open: stored, format }, settings, ports, context);
    return;
  }
  if (settings.audit) {
    await proposeRules(() => decompress(stored(), { once: true }), settings, context);
    return;
  }
  const dump = new ReadTwice(settings.from, stored);
  try {
    await anonymizeSql(dump, settings, ports, context);
  } finally {
    await dump.close();
  }
}

async function anonymizeSql(dump: ReadTwice, settings: Settings, ports: Ports, context: Context): Promise<void> {
  const catalogue = await context.timeline.step('Read the definitions', async (note) => {
    const read = await readDefinitionsOf(settings, dump, context);
    note(`${read.tables().length} tables`);
    return read;
  });
  makePlan({ rules: settings.rules, catalogue, key: settings.key, complete: true });
  await writeAnonymised(settings, ports, context, 'SQL', (common) =>
    anonymize({ ...common, source: dump.second(), catalogue, requireFooter: requiresFooter(settings) }),
  );
}

/** A dump of MongoDB: its collections take the place of tables. */
async function anonymizeDocuments(
  source: DumpSource,
  settings: Settings,
  ports: Ports,
  context: Context,
): Promise<void> {
  if (settings.audit)
    throw new ConfigurationError({
      what: `${settings.from} is a dump of MongoDB`,
      problems: ['audit: rules are proposed for SQL alone; allowed: audit: false'],
      fix: 'write rules by collection and field (docs/anonymize.md); the leak check names fields with phone, card and account numbers',
    });
  const { signal } = context;
  await context.timeline.step('Read the definitions', async (note) => {
    const collections = await checkDump({ ...source, rules: settings.rules, key: settings.key, signal });
    note(`${collections.names().length} collections`);
  });
  const folder = process.env.RUNNER_TEMP || tmpdir();
  await writeAnonymised(settings, ports, context, 'BSON', (common) => anonymizeDump({ ...common, ...source, folder }));
}

const requiresFooter = ({ footer }: Settings): boolean => footer === 'required';

async function proposeRules(
  open: () => AsyncIterable<Buffer>,
  settings: Settings,
  { timeline, logger, signal, report }: Context,
): Promise<void> {
  const proposed = await timeline.step('Find personal data', () =>
    audit(open, true, { requireFooter: requiresFooter(settings), signal }),
  );
  const rules = renderRules(proposed);
  writeFileSync(proposalPath(), rules);
  report({ outcome: 'dry-run', notes: [`the proposed rules are in ${proposalPath()}`] });
  logger.info(rules);
}

function readDefinitionsOf(settings: Settings, dump: ReadTwice, { signal }: Context): Promise<Catalogue> {
  return settings.schema === ''
    ? readCatalogue(dump.first(), { requireFooter: requiresFooter(settings), signal })
    : readDefinitions(settings.schema, signal);
}

/** Reads the definitions of a dump from a file of their own. */
export function readDefinitions(path: string, signal?: AbortSignal): Promise<Catalogue> {
  return readCatalogue(decompress(readFile(path), { once: true }), { requireFooter: false, signal });
}

/** What is the same for all dumps. */
type Common = Pick<
  AnonymizeOptions,
  'sink' | 'compression' | 'level' | 'rules' | 'strict' | 'key' | 'signal' | 'onProgress'
>;

/** Streams the dump to its target, which appears only when all of it was anonymised. Ends with the plan in a dry run. */
async function writeAnonymised(
  settings: Settings,
  { objects }: Ports,
  context: Context,
  what: string,
  write: (common: Common) => Promise<AnonymizeReport>,
): Promise<void> {
  const { clock, signal, report } = context;
  report({ plan: [{ decision: `write ${settings.to || 'the anonymised dump'}`, reason: 'the rules fit the dump' }] });
  if (settings.dryRun) {
    report({ outcome: 'dry-run' });
    return;
  }
  await context.timeline.step('Anonymise', async (note) => {
    const target = await openTarget(settings.to, objects);
    const startedAt = clock.now().getTime();
    try {
      const {
        leaks,
        changed: _,
        ...masked
      } = await write({
        sink: (bytes) => target.write(bytes),
        compression: compressionOf(settings.to),
        level: settings.compressionLevel,
        rules: settings.rules,
        strict: settings.rules !== noRules,
        key: settings.key,
        signal,
        onProgress: logProgress(context, what),
      });
      await target.keep();
      const seconds = (clock.now().getTime() - startedAt) / 1000;
      note(`${formatBytes(masked.readBytes)}, ${formatRate(masked.readBytes, seconds)}`);
      report({ outcome: 'done', masked: { ...masked, findings: describeLeaks(leaks) } });
    } catch (error) {
      await target.discard();
      throw error;
    }
  });
}
