/** AWS and GitHub of the customer in memory, and the two watchdogs as they run: the action, and the function inside the stack. */
import { inputs } from '../../../../../src/actions/watchdog/inputs.ts';
import type { Findings, Ports } from '../../../../../src/actions/watchdog/ports.ts';
import { run } from '../../../../../src/actions/watchdog/run.ts';
import { syncWatchIssues } from '../../../../../src/adapters/github/watch-issues.ts';
import type { Tags } from '../../../../../src/domain/ec2.ts';
import { dumpReceiptKey } from '../../../../../src/dump/files.ts';
import type { Documents } from '../../../../../src/ports/objects.ts';
import { describeSnapshot } from '../../../../../src/rotation/plan/tags.ts';
import { tagsToKeep } from '../../../../../src/watch/inventory/from-snapshot.ts';
import { look } from '../../../../../src/watch/stack/look.ts';
import { FakeClock } from '../../../../fakes/clock.ts';
import { fakeContext, fakeRun, settingsFrom } from '../../../../fakes/context.ts';
import { FakeEc2Regions } from '../../../../fakes/ec2-region.ts';
import { FakeIssues } from '../../../../fakes/issues.ts';
import { FakeNotices } from '../../../../fakes/notices.ts';
import { FakeObjects } from '../../../../fakes/objects.ts';
import { verification, receipt as volumeReceipt } from '../../../report/samples.ts';
import type { Made, Snapshot } from './chance.ts';
import { holds, type Machine, machines, repositoryAt, start } from './customer.ts';

const region = 'us-east-1';
const bucket = 'acme-receipts';
export const repository = 'acme/backups';
const iso = (time: number): string => new Date(time).toISOString();
/** Kept of each source; retention deletes older ones. */
const kept = 3;

export class World {
  readonly #clock = new FakeClock(iso(start));
  readonly #objects = new FakeObjects(this.#clock);
  readonly #regions = new FakeEc2Regions(this.#clock, [region, 'eu-west-1'], tagsToKeep);
  readonly issues = new FakeIssues();
  readonly notices = new FakeNotices();
  readonly #receipts = new Map<string, { readonly made: Made; readonly keys: readonly string[] }[]>();
  readonly #snapshots = new Map<string, string[]>();
  #runs = 100;

  constructor() {
    // Both are there before anything is backed up.
    for (const machine of machines) if (holds(machine, start)) this.begin(machine);
  }

  at(time: number): void {
    this.#clock.advance(time - this.#clock.now().getTime());
  }

  begin({ id, name, volumes, tags }: Machine): void {
    const devices = Object.fromEntries(volumes.map((one, at) => [`/dev/sd${'abc'[at]}`, one]));
    this.#regions.in(region).addInstance({ id, devices, tags: { ...tags, Name: name } });
  }

  end({ id }: Machine): void {
    this.#regions.in(region).instances.delete(id);
  }

  /** A backup has been made. */
  appear(made: Made): void {
    this.#runs += 1;
    const keys = made.kind === 'database-dump' ? this.#dump(made) : this.#volume(made);
    const all = [...(this.#receipts.get(made.source) ?? []), { made, keys }];
    const newestGood = all.findLast((one) => one.made.good);
    const stay = all.filter((one, at) => at >= all.length - kept || one === newestGood);
    for (const one of all) if (!stay.includes(one)) for (const key of one.keys) this.#delete(key);
    this.#receipts.set(made.source, stay);
  }

  /** Its object is deleted, and its receipt stays. */
  lose(made: Made): void {
    const [object] = this.#receipts.get(made.source)?.find((one) => one.made === made)?.keys ?? [];
    this.#delete(object ?? '');
  }

  #delete(key: string): void {
    this.#objects.versionsOf.delete(key);
    for (const one of key.startsWith('snap-') ? [key] : []) this.#regions.in(region).all.delete(one);
  }

  #put(key: string, body: string): string | undefined {
    const object = { bucket, key, contentType: 'application/json', tags: {}, metadata: {} };
    return this.#objects.add(object, Buffer.from(body)).versionId;
  }

  get #run(): { readonly key: string; readonly url: string; readonly attempt: number } {
    const key = `${repository}/actions/runs/${this.#runs}`;
    return { key, url: `https://github.com/${key}`, attempt: 1 };
  }

  #dump({ source, takenAt, appearsAt, good, restoreSeconds }: Made): readonly string[] {
    const at = iso(takenAt);
    const key = `db/${source}/${at}.dump`;
    const versionId = this.#put(key, at);
    const receiptKey = dumpReceiptKey(source, at, { id: String(this.#runs), attempt: 1 });
    const verdict = good ? 'good' : 'unproven';
    const receipt = {
      ...{ format: 'holdfast-receipt/1', kind: 'database-dump', source, engine: 'postgres', state: 'taken' },
      ...{ takenAt: at, run: this.#run, verdict, bucket, retention: { by: 'dated', keep: kept } },
      files: [{ kind: 'archive', bucket, key, versionId, size: at.length, sha256: '00' }],
      proof: [{ kind: 'archive', verdict, restoreSeconds, compared: 3, findings: [] }],
      timeline: [{ name: 'prove', startedAt: at, endedAt: iso(appearsAt), outcome: 'done' }],
    };
    this.#put(receiptKey, JSON.stringify(receipt));
    return [key, receiptKey];
  }

  #volume({ source, takenAt, appearsAt, good, restoreSeconds }: Made): readonly string[] {
    const id = `snap-0${this.#runs}`;
    const receiptKey = `receipts/${source}/${this.#runs}.json`;
    const verdict = good ? ('good' as const) : ('unproven' as const);
    const at = iso(takenAt);
    const receipt = {
      ...volumeReceipt,
      ...{ source, takenAt: at, run: this.#run, snapshot: { id, startedAt: at, sizeGiB: 100 }, verdict },
      verification: {
        ...verification,
        verdict,
        startedAt: at,
        endedAt: iso(appearsAt),
        recoverySeconds: restoreSeconds,
      },
    };
    this.#put(receiptKey, JSON.stringify(receipt));
    const tags = { 'holdfast:made-by': 'ib-snapshot', 'holdfast:source': source, 'holdfast:receipt': receiptKey };
    this.#snapshot(id, 'vol-0ddddddddddddddddd', takenAt, { Type: 'Automated', ...tags });
    return [id, receiptKey];
  }

  #snapshot(id: string, volumeId: string, time: number, tags: Tags): void {
    this.#regions.in(region).addSnapshot({ id, volumeId, startedAt: new Date(time), tags });
  }

  /** The rotation has backed up a volume of an instance. */
  rotate({ machine: { id: instanceId, name }, volumeId, takenAt, good }: Snapshot): void {
    this.#runs += 1;
    const id = `snap-0${this.#runs}`;
    const Description = describeSnapshot({ name, instanceId, volumeId, device: '/dev/sda', region });
    const tags = { Type: 'Automated', 'holdfast:made-by': 'ebs-rotate', 'holdfast:instance': instanceId, Description };
    this.#snapshot(id, volumeId, takenAt, tags);
    if (!good) Object.assign(this.#regions.in(region).all.get(id) ?? {}, { state: 'error', stateMessage: 'lost' });
    const all = [...(this.#snapshots.get(volumeId) ?? []), id];
    if (all.length > kept) this.#delete(all.shift() ?? '');
    this.#snapshots.set(volumeId, all);
  }

  /** The action looks, as its run on GitHub does. */
  async lookOnGitHub(): Promise<void> {
    this.#runs += 1;
    const time = this.#clock.now().getTime();
    const { texts, targets } = repositoryAt(time);
    const context = fakeContext<Findings>(this.#clock, fakeRun(this.#runs));
    const { logger, signal } = context;
    const options = { octokit: this.issues.octokit(), repository, clock: this.#clock, signal, logger };
    const ports: Ports = {
      ...{ objects: this.#objects, regions: this.#regions, repository },
      github: { get: async (path) => answer(path.slice(`repos/${repository}`.length), texts) },
      issues: (watch) => syncWatchIssues(options, watch, { runUrl: context.run.url }),
      links: {} as Ports['links'],
      writePage: () => '',
      push: async () => ({ sent: true }),
    };
    const given = { 'aws-region': region, 'receipt-bucket': bucket, 'status-page': 'none', targets };
    await run(settingsFrom(inputs, given), ports, context);
  }

  /** The function looks. @param dies whether it dies once its mail is sent: then it cannot write down that it was */
  async lookInStack(dies: boolean): Promise<void> {
    const { logger, signal } = fakeContext(this.#clock, fakeRun(0));
    const settings = { region, account: '123456789012', stack: 'holdfast', receiptBucket: bucket, silentDays: 2 };
    const sent = this.notices.mails.length;
    const objects = this.#objects;
    const mortal: Documents = {
      read: (place) => objects.read(place),
      text: (place) => objects.text(place),
      document: (place) => objects.document(place),
      versions: (name, prefix) => objects.versions(name, prefix),
      list: (name, prefix) => objects.list(name, prefix),
      put: async (object, body, over) => {
        if (this.notices.mails.length > sent) throw new Error('it died');
        return objects.put(object, body, over);
      },
    };
    const ports = { objects: dies ? mortal : objects, regions: this.#regions, notices: this.notices };
    await look(settings, ports, { clock: this.#clock, logger, signal }).catch((error: unknown) => {
      if (!dies || (error as Error).message !== 'it died') throw error;
    });
  }
}

/** What GitHub's REST API says of the repository. */
function answer(path: string, texts: ReadonlyMap<string, string>): { readonly status: number; readonly body: unknown } {
  const folder = '.github/workflows/';
  const ok = (body: unknown) => ({ status: 200, body });
  if (path === '') return ok({ owner: { login: 'acme', id: 1 }, name: 'backups', id: 2, default_branch: 'main' });
  if (path.startsWith('/actions/workflows?'))
    return ok({ workflows: [...texts.keys()].map((name) => ({ path: folder + name, state: 'active' })) });
  const text = texts.get(path.slice(`/contents/${folder}`.length));
  return text === undefined
    ? { status: 404, body: { message: 'Not Found' } }
    : ok({ content: Buffer.from(text).toString('base64') });
}
