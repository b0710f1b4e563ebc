/** Issues of one repository in memory, through the calls that the adapter makes. */
import type { Octokit } from '../../src/adapters/github/client.ts';
import { FaultyPorts } from './faulty-ports.ts';

export interface StoredIssue {
  readonly number: number;
  state: string;
  body: string;
  readonly title: string;
  readonly comments: string[];
}

export class FakeIssues {
  readonly all: StoredIssue[] = [];
  #label = false;

  readonly listForRepo = async () => ({ data: this.all.map(({ number, state, body }) => ({ number, state, body })) });
  readonly getLabel = async () => {
    if (!this.#label) throw Object.assign(new Error('Not Found'), { status: 404, response: {} });
  };
  readonly createLabel = async () => {
    this.#label = true;
  };
  readonly create = async ({ title, body }: { title: string; body: string }) => {
    const number = this.all.length + 1;
    this.all.push({ number, state: 'open', title, body, comments: [] });
    return { data: { number, html_url: `https://github.test/${number}` } };
  };
  readonly createComment = async ({ issue_number, body }: { issue_number: number; body: string }) => {
    this.#one(issue_number).comments.push(body);
  };
  readonly update = async ({ issue_number, body, state }: { issue_number: number; body?: string; state?: string }) => {
    const one = this.#one(issue_number);
    if (body !== undefined) one.body = body;
    if (state !== undefined) one.state = state;
    return { data: { html_url: `https://github.test/${issue_number}` } };
  };

  #one(number: number): StoredIssue {
    const found = this.all[number - 1];
    if (found === undefined) throw Object.assign(new Error('Not Found'), { status: 404, response: {} });
    return found;
  }

  octokit(faults = new FaultyPorts()): Octokit {
    const issues = faults.port('issues', this);
    const paginate = {
      iterator: async function* () {
        yield await issues.listForRepo();
      },
    };
    return { rest: { issues }, paginate } as unknown as Octokit;
  }
}
