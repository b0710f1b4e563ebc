/** What is in the region, asked once however many parts want to know. */
import type { Instance, Snapshot, Tags } from '../../domain/ec2.ts';
import type { Estate, Estates } from '../../ports/ec2-region.ts';
import { type Configuration, type Problem, readConfiguration } from '../../rotation/plan/configuration.ts';
import type { Retention } from '../../rotation/plan/retention.ts';
import { automated, configurationTags, rotationTags } from '../../rotation/plan/tags.ts';

export class Look {
  readonly estate: Estate;
  readonly #estates: Estates;
  #instances: Promise<Instance[]> | undefined;
  #snapshots: Promise<Snapshot[]> | undefined;
  #volumes: Promise<Map<string, Tags>> | undefined;
  #regions: Promise<ReadonlySet<string> | undefined> | undefined;

  constructor(estates: Estates, region: string) {
    this.#estates = estates;
    this.estate = estates.in(region);
  }

  /** The region's snapshots whose deletion is left to the rotation. */
  snapshots(): Promise<Snapshot[]> {
    this.#snapshots ??= this.estate.snapshots({ [rotationTags.type]: automated });
    return this.#snapshots;
  }

  /** Asks again next time: states have changed. */
  forgetSnapshots(): void {
    this.#snapshots = undefined;
  }

  /** Adds what this run has made since. */
  async made(snapshots: readonly Snapshot[]): Promise<void> {
    const all = await this.snapshots();
    for (const one of snapshots) all.push(one);
  }

  volumes(): Promise<Map<string, Tags>> {
    this.#volumes ??= this.estate.volumes();
    return this.#volumes;
  }

  /** Undefined when the account does not say: then names of regions are only checked for their form. */
  regions(): Promise<ReadonlySet<string> | undefined> {
    this.#regions ??= this.#estates.regions().then(
      (all) => new Set(all),
      () => undefined,
    );
    return this.#regions;
  }

  async configurations(retention: Retention): Promise<{ configurations: Configuration[]; problems: Problem[] }> {
    this.#instances ??= this.estate.instancesWithTag(configurationTags.backup);
    const [instances, regions] = [await this.#instances, await this.regions()];
    const read = instances.map((one) => readConfiguration(one, { retention, regions, region: this.estate.region }));
    return {
      configurations: read.flatMap((one) => one.configuration ?? []),
      problems: read.flatMap((one) => one.problems),
    };
  }
}
