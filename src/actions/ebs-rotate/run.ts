/**
 * The story of a rotation in one region: look, plan, create, copy, expire, and say what stays and why. Every decision is
 * made in src/rotation; no part stops another.
 */
import type { Snapshot } from '../../domain/ec2.ts';
import type { PlanDecision } from '../../domain/plan.ts';
import type { RotationPart, RotationReport } from '../../domain/rotation.ts';
import type { RunIdentity } from '../../domain/run.ts';
import type { Estates } from '../../ports/ec2-region.ts';
import type { Hooks } from '../../ports/hooks.ts';
import type { Hosts } from '../../ports/hosts.ts';
import type { Pause } from '../../quiesce/instance.ts';
import {
  atOnce,
  type Copied,
  carryOutCopies,
  carryOutExpiry,
  carryOutRetags,
  type EffectTools,
} from '../../rotation/execute/changes.ts';
import {
  copiedRows,
  copyLines,
  createdRow,
  createLines,
  expiredRows,
  expiryLines,
  keptRows,
  type PlanLine,
  skippedRows,
  waitingRows,
} from '../../rotation/execute/rows.ts';
import { type TakenSet, takeSet } from '../../rotation/execute/snapshot-set.ts';
import { compareRetention } from '../../rotation/plan/compare.ts';
import { destinationsOf, planCopy } from '../../rotation/plan/copy.ts';
import { estimateCost } from '../../rotation/plan/cost.ts';
import { type CreateDecision, planCreate } from '../../rotation/plan/create.ts';
import { localTime, slotOf } from '../../rotation/plan/dates.ts';
import { clockProblem, isMassExpiry, planExpiry, volumesToAsk } from '../../rotation/plan/expire.ts';
import type { Retention } from '../../rotation/plan/retention.ts';
import { rotationTags } from '../../rotation/plan/tags.ts';
import type { Clock } from '../../runtime/clock.ts';
import { each } from '../../runtime/each.ts';
import { BackupError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Timeline } from '../../runtime/timeline.ts';
import { Ledger } from './ledger.ts';
import { Look } from './look.ts';

/** What the user decided, parsed. Durations are seconds. */
export interface Wishes {
  readonly region: string;
  readonly parts: readonly RotationPart[];
  readonly retention: Retention;
  readonly compareRetention: Retention | undefined;
  readonly everyHours: number;
  /** Name of a slot beside those of the schedule, or empty. */
  readonly slot: string;
  readonly timeZone: string;
  readonly kmsKeys: Readonly<Record<string, string>>;
  readonly maxCopies: number;
  readonly copyWaitSeconds: number;
  readonly maxPauseSeconds: number;
  readonly documentSeconds: number;
  /** Percent. */
  readonly maxExpiryShare: number;
  readonly allowMassExpiry: boolean;
  /** US dollars for a GiB and month. */
  readonly price: number;
  readonly dryRun: boolean;
}

export interface Tools {
  readonly estates: Estates;
  readonly hosts: Hosts;
  readonly hooks: Hooks;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
  readonly run: RunIdentity;
  readonly random: () => number;
  readonly remember: (pause: Pause) => void;
  readonly forget: (instanceId: string) => void;
  /** Told of everything worth reporting as soon as it is known, so that a failed run reports it too. */
  readonly found: (facts: Partial<Findings>) => void;
}

export interface Findings {
  readonly outcome: 'done' | 'dry-run' | 'nothing-to-do';
  readonly plan: readonly PlanDecision[];
  readonly lines: readonly PlanLine[];
  readonly rotation: RotationReport;
  readonly notes: readonly string[];
}

interface Scene {
  readonly wishes: Wishes;
  readonly tools: Tools;
  readonly look: Look;
  readonly ledger: Ledger;
  readonly now: Date;
  readonly today: string;
  readonly slot: string;
}

/** Milliseconds between two looks at what cannot be copied yet. */
const firstCopyWait = 2_000;
const longestCopyWait = 30_000;

const titles: Record<RotationPart, string> = {
  create: 'Create snapshots',
  copy: 'Copy snapshots to other regions',
  expire: 'Expire snapshots',
};

export async function run(wishes: Wishes, tools: Tools): Promise<void> {
  const now = tools.clock.now();
  const today = localTime(now, wishes.timeZone).day;
  const slot = wishes.slot === '' ? slotOf(now, wishes.timeZone, wishes.everyHours) : `${today}/${wishes.slot}`;
  const ledger = new Ledger(wishes.region, slot, today);
  const look = new Look(tools.estates, wishes.region);
  const scene: Scene = { wishes, tools, look, ledger, now, today, slot };
  const tell = (): void => tools.found({ rotation: ledger.report(), lines: ledger.lines, plan: ledger.lines });
  if (wishes.compareRetention !== undefined) {
    await tools.timeline.step('Compare the retentions', () => compare(scene));
    tools.found({ outcome: 'dry-run' });
    return tell();
  }
  const stories: Record<RotationPart, (scene: Scene) => Promise<void>> = { create, copy, expire };
  for (const part of wishes.parts) {
    ledger.begin(part);
    try {
      await tools.timeline.step(titles[part], () => stories[part](scene));
    } catch (error) {
      tools.signal.throwIfAborted();
      ledger.failure(part, `${part} in ${wishes.region}`, error);
    } finally {
      tell();
    }
  }
  await describeWhatStays(scene);
  tell();
  tools.found({ outcome: wishes.dryRun ? 'dry-run' : ledger.changed ? 'done' : 'nothing-to-do' });
  ledger.settle();
}

async function show({ ledger, tools }: Scene, lines: readonly PlanLine[], nothing: string): Promise<void> {
  for (const line of lines) ledger.lines.push(line);
  tools.found({ plan: ledger.lines, lines: ledger.lines });
  await tools.logger.group('Plan', async () => {
    for (const { decision, reason } of lines) tools.logger.info(`${decision}: ${reason}`);
    if (lines.length === 0) tools.logger.info(nothing);
  });
}

function effects(scene: Scene, part: RotationPart): EffectTools {
  const { estates, clock, logger, signal, random } = scene.tools;
  return {
    estates,
    clock,
    logger,
    signal,
    random,
    failed: ({ what, error }) => {
      logger.warning(`${what}: ${(error as Error).message}`);
      scene.ledger.failure(part, what, error);
    },
  };
}

async function create(scene: Scene): Promise<void> {
  const { wishes, tools, look, ledger, slot } = scene;
  const { configurations, problems } = await look.configurations(wishes.retention);
  const plan = planCreate({
    region: wishes.region,
    configurations,
    snapshots: await look.snapshots(),
    volumeTags: await look.volumes(),
    slot,
    run: tools.run,
  });
  for (const one of [...problems, ...plan.problems]) ledger.problem('create', one);
  ledger.add({ skipped: skippedRows(plan) });
  await show(scene, createLines(plan), 'every tagged instance has its snapshots of this slot');
  if (wishes.dryRun) return;
  const taken: TakenSet[] = [];
  const { failed } = effects(scene, 'create');
  await each(
    plan.repairs,
    atOnce,
    async ({ snapshotId, text }) => {
      try {
        await look.estate.setTags(snapshotId, { [rotationTags.description]: text });
      } catch (error) {
        failed({ what: `describe ${snapshotId}`, error });
      }
    },
    tools.signal,
  );
  const decisions = plan.decisions.filter((one): one is CreateDecision => one.kind === 'create');
  await each(
    decisions,
    atOnce,
    async (decision) => {
      const { id } = decision.instance;
      try {
        const set = await takeSet(decision, {
          ...tools,
          estate: look.estate,
          attempt: `${tools.run.id}-${tools.run.attempt}`.slice(-40),
          maxPauseSeconds: wishes.maxPauseSeconds,
          documentSeconds: wishes.documentSeconds,
        });
        taken.push(set);
        tools.logger.info(`${id}: ${set.snapshots.map((one) => one.id).join(' ')} (${set.consistency})`);
        for (const note of set.notes) tools.logger.warning(`${id}: ${note}`);
        for (const what of set.failures) failed({ what: id, error: new Error(what) });
      } catch (error) {
        failed({ what: `snapshot ${id}`, error });
      } finally {
        ledger.add({ created: taken.map(createdRow) });
      }
    },
    tools.signal,
  );
  await look.made(taken.flatMap((one) => one.snapshots));
}

/** Copies what can be copied; waits, as long as it was told to, for what only needs time. */
async function copy(scene: Scene): Promise<void> {
  const { wishes, tools, look } = scene;
  const giveUpAt = tools.clock.now().getTime() + wishes.copyWaitSeconds * 1000;
  const done: Copied[] = [];
  // What was refused in this run is left for the next: asking again would only be refused again.
  const refused = new Set<string>();
  let retagged = 0;
  for (let wait = firstCopyWait; ; wait = Math.min(wait * 1.5, longestCopyWait)) {
    const round = await copyRound(scene, refused);
    done.push(...round.copied);
    retagged += round.retagged;
    scene.ledger.add({ copied: copiedRows(done), retagged, waiting: waitingRows(round.waiting) });
    const soon = round.waiting.filter((one) => one.soon).length;
    const left = giveUpAt - tools.clock.now().getTime();
    if (wishes.dryRun || soon === 0 || left <= 0) return;
    tools.logger.info(`${soon} snapshots cannot be copied yet; looking again for ${Math.ceil(left / 1000)} s`);
    await tools.clock.sleep(Math.min(wait, left), tools.signal);
    look.forgetSnapshots();
  }
}

async function copyRound(scene: Scene, refused: Set<string>) {
  const { wishes, tools, look, ledger } = scene;
  const snapshots = await look.snapshots();
  const regions = await look.regions();
  const tried = effects(scene, 'copy');
  const copies = new Map<string, Snapshot[]>();
  for (const destination of destinationsOf(snapshots, { region: wishes.region, regions })) {
    try {
      copies.set(
        destination,
        await tools.estates.in(destination).snapshots({ [rotationTags.sourceSnapshot]: undefined }),
      );
    } catch (error) {
      tools.signal.throwIfAborted();
      // One region's trouble is not another's.
      tried.failed({ what: `copies to ${destination}`, error });
    }
  }
  const plan = planCopy({
    region: wishes.region,
    snapshots,
    copies,
    regions,
    kmsKeys: wishes.kmsKeys,
    atOnce: wishes.maxCopies,
    today: scene.today,
    now: tools.clock.now(),
  });
  for (const one of plan.problems) ledger.problem('copy', one);
  for (const one of plan.failed) {
    tried.failed({ what: `copy ${one.source.id} to ${one.destination}`, error: new Error(one.reason) });
  }
  const pairOf = ({ source, destination }: { source: Snapshot; destination: string }) => `${source.id} ${destination}`;
  const fresh = { ...plan, copies: plan.copies.filter((one) => !refused.has(pairOf(one))) };
  await show(scene, copyLines(fresh), 'every completed snapshot is where its tags want it');
  if (wishes.dryRun) return { copied: [], retagged: 0, waiting: plan.waiting };
  // What is kept in step first: a date that was moved on must reach the copies before anything expires.
  const retagged = await carryOutRetags(plan.retags, tried);
  const { copied, waiting, refused: now } = await carryOutCopies(fresh.copies, tried);
  for (const one of now) refused.add(pairOf(one));
  return { copied, retagged, waiting: [...plan.waiting, ...waiting] };
}

async function expire(scene: Scene): Promise<void> {
  const { wishes, look, ledger, tools, now, today } = scene;
  const snapshots = await look.snapshots();
  const wrong = clockProblem(snapshots, now, look.estate.clockOffset());
  if (wrong !== undefined) {
    throw new BackupError({
      what: `nothing is deleted: ${wrong}`,
      likelyCause: 'the clock of the runner is off',
      fix: 'run again on a runner whose clock is right',
      code: 'clock',
    });
  }
  const here = await look.volumes();
  const elsewhere = await askForVolumes(scene, snapshots);
  const plan = planExpiry({
    region: wishes.region,
    snapshots,
    today,
    volumeExists: ({ region, id }) =>
      region === wishes.region ? here.has(id) : (elsewhere.get(region)?.has(id) ?? 'unknown'),
    images: await look.estate.imagesBySnapshot(),
    locks: await look.estate.locks(),
  });
  for (const one of plan.problems) ledger.problem('expire', one);
  ledger.add({ kept: keptRows(plan.decisions, []) });
  const due = plan.decisions.flatMap((one) => (one.kind === 'delete' ? [one] : []));
  await show(scene, expiryLines(plan), 'nothing is due');
  if (isMassExpiry(plan, wishes.maxExpiryShare) && !wishes.allowMassExpiry) {
    const question = new BackupError({
      what: `nothing is deleted: ${due.length} of the region's automated snapshots are due at once, ${plan.share.toFixed(0)} %, and max-expiry-share is ${wishes.maxExpiryShare} %`,
      likelyCause: 'the rotation did not run for a while, or a retention was lowered',
      fix: 'look at the plan; if all of it may go, run the workflow by hand with allow-mass-expiry: true',
      code: 'mass-expiry',
    });
    if (!wishes.dryRun) throw question;
    // A plan is no failure for showing what it is there to show.
    tools.found({ notes: [question.what] });
  }
  if (wishes.dryRun) return;
  const { expired, kept } = await carryOutExpiry(due, look.estate, effects(scene, 'expire'));
  ledger.add({ expired: expiredRows(expired), kept: keptRows(plan.decisions, kept) });
  const gone = new Set(expired.map(({ snapshot }) => snapshot.id));
  ledger.cost = estimateCost(
    snapshots.filter(({ id }) => !gone.has(id)),
    wishes.region,
    wishes.price,
  );
  tools.logger.info(`${snapshots.length - gone.size} snapshots stay`);
}

/** Which volumes of other regions exist, by region; a region that does not answer is absent, and nothing of it goes. */
async function askForVolumes({ wishes, tools, today }: Scene, snapshots: readonly Snapshot[]) {
  const found = new Map<string, ReadonlySet<string>>();
  for (const [region, ids] of volumesToAsk({ snapshots, region: wishes.region, today })) {
    try {
      found.set(region, await tools.estates.in(region).existingVolumes(ids));
    } catch (error) {
      tools.signal.throwIfAborted();
      tools.logger.warning(`${region} does not say which volumes exist: ${(error as Error).message}`);
    }
  }
  return found;
}

/** The estimate, unless a deletion has made it already; of no use to anybody when the region could not be read. */
async function describeWhatStays({ look, ledger, wishes }: Scene): Promise<void> {
  if (ledger.cost !== undefined) return;
  const snapshots = await look.snapshots().catch(() => undefined);
  if (snapshots) ledger.cost = estimateCost(snapshots, wishes.region, wishes.price);
}

async function compare({ wishes, look, ledger, tools, slot }: Scene): Promise<void> {
  const { configurations, problems } = await look.configurations(wishes.retention);
  for (const one of problems) tools.logger.warning(`${one.resource}: ${one.what}`);
  ledger.comparison = compareRetention(
    {
      region: wishes.region,
      configurations,
      snapshots: await look.snapshots(),
      volumeTags: new Map(),
      slot,
      run: tools.run,
    },
    wishes.retention,
    wishes.compareRetention ?? wishes.retention,
  );
}
