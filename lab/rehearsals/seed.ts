/** What a job needs in the lab beside the two hosts, which are always there. */

import type { MongoServer } from '../hosts/mongodb/server.ts';
import type { MysqlServer } from '../hosts/mysql/server.ts';
import type { HostName } from '../hosts/pair.ts';
import type { DatabaseSeed, Databases } from '../hosts/postgres/databases.ts';
import type { Fill, MongodbServers, MysqlServers } from '../hosts/server-pairs.ts';
import type { Ec2Behaviour, LabAccount } from '../services/aws/account.ts';
import type { RegionSeed } from '../services/aws/ec2/model/seed.ts';
import type { DocumentContent } from '../services/aws/ssm/documents/document.ts';
import type { Cluster } from '../services/kubernetes/cluster.ts';
import type { ClusterOptions } from '../services/kubernetes/model.ts';

export interface LabSeed {
  /** Tags of the source instance, beside those that it always has. */
  readonly sourceTags?: Readonly<Record<string, string>>;
  /** What the account's regions hold when the lab starts. */
  readonly regions?: (now: Date) => readonly RegionSeed[];
  /** Verification hosts of other regions, whose instances `regions` has. */
  readonly verificationHosts?: readonly HostName[];
  /** SSM documents of the account's own, by name. */
  readonly documents?: ReadonlyMap<string, DocumentContent>;
  readonly ec2?: Ec2Behaviour;
  readonly database?: DatabaseSeed;
  /** Fill the servers of the other engines, which are empty. */
  readonly mysql?: Fill<MysqlServer>;
  readonly mongodb?: Fill<MongoServer>;
  /** The Kubernetes cluster in whose pods they run. */
  readonly cluster?: (servers: Pick<SeededParts, 'mysql' | 'mongodb'>) => ClusterOptions;
  /** Variables and secrets of the repository, as the documentation asks a user to set them. */
  readonly variables?: (parts: SeededParts) => Readonly<Record<string, string>>;
  readonly secrets?: (parts: SeededParts) => Readonly<Record<string, string>>;
}

/** The parts of a lab that variables and secrets speak of. */
export interface SeededParts {
  readonly aws: LabAccount;
  readonly databases: Databases | undefined;
  readonly mysql: MysqlServers | undefined;
  readonly mongodb: MongodbServers | undefined;
  readonly cluster: Cluster | undefined;
}
