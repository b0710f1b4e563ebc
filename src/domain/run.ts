/** The workflow run that makes a backup. */

/** Who is running: the key is the same for every attempt of one workflow run. */
export interface RunIdentity {
  /** `owner/repo/actions/runs/ID`. */
  readonly key: string;
  readonly url: string;
  readonly id: string;
  readonly attempt: number;
  /** SHA of the commit that the repository is at; undefined outside of GitHub. */
  readonly commit?: string | undefined;
}
