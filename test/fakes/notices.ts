/** Mails in memory. */
import type { Notices } from '../../src/ports/notices.ts';

export class FakeNotices implements Notices {
  readonly mails: { readonly subject: string; readonly text: string }[] = [];

  async send(subject: string, text: string): Promise<void> {
    this.mails.push({ subject, text });
  }
}
