/** Copies of one source with something changed, proven as verify-volume does, against backups taken in every manner. */
import { join } from 'node:path';
import type { Backup } from '../../../src/actions/ib-snapshot/snapshot.ts';
import type { CheckResult } from '../../../src/domain/verification.ts';
import { dataFolder } from '../../hosts/mariadb.ts';
import { source, verification } from '../../hosts/pair.ts';
import { withMountedImage } from '../../hosts/storage.ts';
import { batches, names } from '../batches.ts';
import { isRight, type Outcome as SharedOutcome } from '../changes.ts';
import { allManners, type Proof, proveBackup, takeBackup } from './actions.ts';
import type { CopyOf, VolumeChange } from './change.ts';
import { Recording } from './recording.ts';
import { type Rig, sourceSql, startRig } from './rig.ts';
import { whileWritten } from './written.ts';

export type Outcome = SharedOutcome<VolumeChange>;

/** Everything that a dump of all databases says, but for what is excluded: independent of the product. */
const dump = `mariadb-dump --socket=/tmp/mysql-ib.sock --all-databases --routines --events --force --skip-dump-date --hex-blob --tz-utc \
  --ignore-table=mysql.innodb_index_stats --ignore-table=mysql.innodb_table_stats --ignore-table=mysql.transaction_registry 2>/dev/null | sha256sum`;

/** What was found of one copy, by the backups that it was compared with. */
interface Examined {
  readonly proofs: readonly Proof[];
  /** Changes that the server refused. */
  readonly refused: ReadonlyMap<VolumeChange, string>;
  readonly dump: string;
}

export class Trial {
  readonly #rig: Rig;
  readonly #backups: readonly Backup[];
  #dump = '';

  private constructor(rig: Rig, backups: readonly Backup[]) {
    this.#rig = rig;
    this.#backups = backups;
  }

  /** Makes the source and backs it up in every manner. */
  static async begin(manners = allManners, statements = sourceSql): Promise<Trial> {
    const rig = await startRig(statements);
    try {
      const backups: Backup[] = [];
      const write = (text: string) => rig.sql(source.id, text);
      for (const manner of manners)
        backups.push(await whileWritten(manner, rig.hosts, write, (hosts) => takeBackup(manner, hosts, rig.compute)));
      const trial = new Trial(rig, backups);
      trial.#dump = (await trial.#examine([], 'stopped')).dump;
      return trial;
    } catch (error) {
      await rig.stop();
      throw error;
    }
  }

  stop(): Promise<void> {
    return this.#rig.stop();
  }

  /** Tries the changes, those that differ enough on one copy. @param onOutcome gets each outcome as it is known */
  async outcomesOf(
    changes: readonly VolumeChange[],
    onOutcome: (outcome: Outcome) => void = () => {},
  ): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const batch of batches(changes)) {
      for (const outcome of await this.#outcomes(batch)) {
        outcomes.push(outcome);
        onOutcome(outcome);
      }
    }
    return outcomes;
  }

  async #outcomes(batch: readonly VolumeChange[]): Promise<Outcome[]> {
    const [first] = batch;
    if (first === undefined) return [];
    if (batch.length === 1) return [await this.#alone(first)];
    const examined = await this.#examine(batch, copyOf(first));
    const outcomes: Outcome[] = [];
    const open: VolumeChange[] = [];
    for (const change of batch) {
      const outcome = { change, noticed: this.#noticedAmongOthers(change, examined) };
      if (isRight(outcome) && !examined.refused.has(change)) outcomes.push(outcome);
      else open.push(change);
    }
    // One change may hide others: it may keep the server from starting.
    const half = Math.ceil(open.length / 2);
    outcomes.push(...(await this.#outcomes(open.slice(0, half))), ...(await this.#outcomes(open.slice(half))));
    return outcomes;
  }

  /** What names the changed thing, if every backup's proof has that; among changes that are none, whatever is not good. */
  #noticedAmongOthers(change: VolumeChange, { proofs, dump }: Examined): string | undefined {
    const { at } = change;
    if (['excluded', 'equal', 'harmless'].includes(change.kind))
      return firstOf(proofs) ?? this.#otherDump(change, dump);
    const found = proofs.map(({ checks }) => checks.find((one) => isFinding(one) && names(told(one), at ?? '')));
    return found.every((one) => one !== undefined) ? found.map(told)[0] : undefined;
  }

  async #alone(change: VolumeChange): Promise<Outcome> {
    const { proofs, refused, dump } = await this.#examine([change], copyOf(change));
    const why = refused.get(change);
    if (why !== undefined) throw new Error(`${change.what}: ${why}`);
    const found = proofs.map(whyNotGood);
    if (['excluded', 'equal', 'harmless'].includes(change.kind))
      return { change, noticed: firstOf(proofs) ?? this.#otherDump(change, dump) };
    return { change, noticed: found.every((one) => one !== undefined) ? found[0] : undefined };
  }

  /** Changed bytes that the proof does not notice must not be seen in a dump either. */
  #otherDump({ kind }: VolumeChange, dump: string): string | undefined {
    return kind === 'harmless' && dump !== this.#dump ? 'a dump of all databases differs' : undefined;
  }

  async #examine(changes: readonly VolumeChange[], copy: CopyOf): Promise<Examined> {
    const { hosts, compute } = this.#rig;
    const refused = new Map<VolumeChange, string>();
    let dumped = '';
    compute.onVolume = (path) =>
      withMountedImage(path, async (folder) => {
        for (const change of changes) if ('edit' in change) change.edit(join(folder, dataFolder));
      });
    const methods = [...new Set(this.#backups.map(({ receipt }) => receipt.fingerprint.method))];
    const recording = new Recording(hosts, {
      methods,
      onStarted: async () => {
        for (const change of changes) if ('sql' in change) await this.#change(change, refused);
      },
      onRead: async () => {
        if (changes.every(({ kind }) => kind === 'harmless')) dumped = await this.#rig.run(verification.id, dump);
      },
    });
    const quiesced = copy === 'frozen' ? 'freeze' : 'stop';
    const snapshot = this.#backups.find(({ receipt }) => receipt.quiesce.mode === quiesced)?.snapshot;
    const proofs: Proof[] = [];
    for (const { receipt } of this.#backups) {
      if (snapshot !== undefined) proofs.push(await proveBackup({ snapshot, receipt }, recording, compute));
      compute.onVolume = async () => {};
    }
    return { proofs, refused, dump: dumped };
  }

  async #change(change: VolumeChange & { readonly sql: string }, refused: Map<VolumeChange, string>): Promise<void> {
    await this.#rig.sql(verification.id, change.sql).catch((error: Error) => refused.set(change, error.message));
  }
}

const copyOf = (change: VolumeChange) => ('copy' in change ? change.copy : 'stopped');
const isFinding = ({ outcome }: CheckResult): boolean => outcome === 'failed' || outcome === 'unproven';
const told = (check: CheckResult | undefined): string => (check ? `${check.name}: ${check.detail}` : '');

function whyNotGood({ verdict, checks, obstacle }: Proof): string | undefined {
  if (verdict === 'good') return undefined;
  return told(checks.find(isFinding)) || obstacle || verdict;
}

function firstOf(proofs: readonly Proof[]): string | undefined {
  return proofs.map(whyNotGood).find((one) => one !== undefined);
}
