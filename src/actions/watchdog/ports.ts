/** What watchdog works with, and what it reports. */
import type { SourceTrouble, WatchReport } from '../../domain/watching.ts';
import type { Ec2Regions } from '../../ports/ec2-region.ts';
import type { GitHubReader } from '../../ports/inspection.ts';
import type { Documents } from '../../ports/objects.ts';
import type { ActionContext } from '../../runtime/context.ts';
import type { PageSettings } from '../../watch/page/model/input.ts';

export interface Ports {
  readonly objects: Documents;
  readonly regions: Ec2Regions;
  /** Undefined without a token. */
  readonly github: GitHubReader | undefined;
  /** Brings the issues up to date. @returns what was told for the first time. Undefined without a token. */
  readonly issues: ((watch: WatchReport) => Promise<readonly SourceTrouble[]>) | undefined;
  /** `OWNER/REPO`. */
  readonly repository: string;
  /** Where links of the status page lead. */
  readonly links: Pick<PageSettings, 'repositoryUrl' | 'docsUrl' | 'runbookUrl'>;
  /** Writes the status page to a file. @returns its path */
  readonly writePage: (html: string) => string;
  /** Pushes metrics to a Pushgateway, in place of the earlier ones of the same grouping. */
  readonly push: (url: string, grouping: Readonly<Record<string, string>>, text: string) => Promise<Pushed>;
}

export type Pushed = { readonly sent: true } | { readonly sent: false; readonly reason: string };

export interface Findings {
  readonly outcome: 'done' | 'dry-run';
  readonly watch: WatchReport;
  readonly notes: readonly string[];
  /** Path of the status page. */
  readonly page: string;
}

export type Context = ActionContext<Findings>;
