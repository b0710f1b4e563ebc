/** Messages to whoever has subscribed to them, without GitHub. */
export interface Notices {
  /**
   * @param subject one line of ASCII, below 100 characters
   * @throws AwsError when it was not accepted
   */
  send(subject: string, text: string): Promise<void>;
}
