/** What a runner needs of its lab. */
import type { GitHubLab } from '../services/github/server.ts';
import type { Repositories } from './references.ts';
import type { RunnerLine } from './result.ts';
import type { CancelDelays } from './step-process.ts';

export interface RunnerOptions {
  /** The repository whose workflows are run, unless a trigger names another folder. */
  readonly root: string;
  /** Other repositories, whose workflows and actions can be used. */
  readonly repositories?: Repositories;
  /** Where runs keep workspaces, logs and summaries. */
  readonly directory: string;
  readonly github: GitHubLab;
  readonly vars?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Variables that every step has: the addresses of the lab's endpoints. */
  readonly runnerEnvironment?: Readonly<Record<string, string>>;
  readonly onLine?: (line: RunnerLine) => void;
  readonly cancelDelays?: CancelDelays;
  /** Default `refs/heads/main`. */
  readonly ref?: string;
}
