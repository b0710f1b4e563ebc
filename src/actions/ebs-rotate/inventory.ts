/** What exists in the region. Each list is read once, however many parts need it. */
import type { Instance, Snapshot, Tags } from '../../domain/ec2.ts';
import type { Ec2Region, Ec2Regions } from '../../ports/ec2-region.ts';
import { type Configuration, type Problem, readConfiguration } from '../../rotation/plan/configuration.ts';
import { likeBackup } from '../../rotation/plan/near-miss.ts';
import type { Retention } from '../../rotation/plan/retention.ts';
import { automated, configurationTags, rotationTags } from '../../rotation/plan/tags.ts';

export class Inventory {
  readonly region: Ec2Region;
  readonly #regions: Ec2Regions;
  #instances: Promise<Instance[]> | undefined;
  #snapshots: Promise<Snapshot[]> | undefined;
  #volumes: Promise<Map<string, Tags>> | undefined;
  #regionNames: Promise<ReadonlySet<string> | undefined> | undefined;

  constructor(regions: Ec2Regions, region: string) {
    this.#regions = regions;
    this.region = regions.in(region);
  }

  /** The region's snapshots whose deletion is left to the rotation. */
  snapshots(): Promise<Snapshot[]> {
    this.#snapshots ??= this.region.snapshots({ [rotationTags.type]: automated });
    return this.#snapshots;
  }

  /** Reads the snapshots again next time, because their states have changed. */
  forgetSnapshots(): void {
    this.#snapshots = undefined;
  }

  /** Adds snapshots that this run has made. */
  async addSnapshots(made: readonly Snapshot[]): Promise<void> {
    const all = await this.snapshots();
    for (const one of made) all.push(one);
  }

  /** Tags of every volume, by volume id. */
  volumes(): Promise<Map<string, Tags>> {
    this.#volumes ??= this.region.volumes();
    return this.#volumes;
  }

  /** Regions of the account; undefined when they cannot be listed: then only the form of a name is checked. */
  regionNames(): Promise<ReadonlySet<string> | undefined> {
    this.#regionNames ??= this.#regions.enabled().then(
      (all) => new Set(all),
      () => undefined,
    );
    return this.#regionNames;
  }

  /** @param retention of instances without a retention of their own */
  async configurations(
    retention: Retention,
  ): Promise<{ configurations: Configuration[]; problems: Problem[]; warnings: Problem[] }> {
    this.#instances ??= this.region.instancesWithTag(configurationTags.backup, ...likeBackup);
    const [instances, regions] = [await this.#instances, await this.regionNames()];
    const read = instances.map((one) => readConfiguration(one, { retention, regions, region: this.region.region }));
    return {
      configurations: read.flatMap((one) => one.configuration ?? []),
      problems: read.flatMap((one) => one.problems),
      warnings: read.flatMap((one) => one.warnings),
    };
  }
}
