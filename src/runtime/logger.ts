/** What a person follows while an action runs. Passed in, never imported. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warning(message: string): void;
  error(message: string): void;
  /** Runs `work` inside a foldable group of the log. */
  group<T>(title: string, work: () => Promise<T>): Promise<T>;
}
