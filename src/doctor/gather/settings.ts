/** What the doctor is told, and what it reads with. */
import type { Tags } from '../../domain/ec2.ts';
import type { Claims } from '../../domain/installation.ts';
import type { Hosts } from '../../ports/hosts.ts';
import type { AwsInspection, GitHubReader } from '../../ports/inspection.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { EnvironmentReadings, SecretPresence } from '../inventory.ts';
import type { Reading } from '../reading.ts';

export interface DoctorSettings {
  readonly where: 'job' | 'terminal';
  /** Empty: the variable HOLDFAST_REGION. */
  readonly region: string;
  /** Where neither says one. */
  readonly otherwiseRegion?: string | undefined;
  /** Regions to look at besides. */
  readonly regions: readonly string[];
  readonly stackName: string;
  /** Where neither variables nor callers give one. */
  readonly documentPrefix: string;
  /** `OWNER/REPO`; empty when nobody knows. */
  readonly repository: string;
  readonly issuer: string;
  /** Given by the workflow, which cannot list them; undefined at a terminal. */
  readonly variables: Tags | undefined;
  readonly secrets: readonly SecretPresence[] | undefined;
}

export interface DoctorPorts {
  readonly clock: Clock;
  /** The identity that reads without any role; undefined in a job. */
  readonly own: ((region: string) => AwsInspection) | undefined;
  /** Assumes a role with the job's credentials. Rejects with the refusal. Undefined at a terminal. */
  readonly assume: ((variable: string, roleArn: string, region: string) => Promise<AwsInspection>) | undefined;
  /** Hosts in the region, reached as the identity of this role, or as the operator, through documents of this prefix. */
  readonly hosts: (variable: string, region: string, documentPrefix: string) => Hosts | undefined;
  readonly github: GitHubReader | undefined;
  readonly claims: () => Promise<Reading<Claims>>;
  readonly idToken: Reading<boolean>;
  readonly skewSeconds: (region: string) => Promise<Reading<number>>;
  readonly runner: () => Promise<Reading<string>>;
  readonly postgresTools: () => Promise<EnvironmentReadings['postgresTools']>;
  readonly endpoint: string;
}
