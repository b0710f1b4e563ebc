/** GitHub's REST API for reading, with the token of the job. */
import type { GitHubReader } from '../../ports/inspection.ts';
import type { Octokit } from './client.ts';

export function createReader(octokit: Octokit): GitHubReader {
  return {
    async get(path) {
      try {
        const { status, data } = await octokit.request(`GET /${path}`);
        return { status, body: data };
      } catch (error) {
        const { status, message, response } = error as {
          status?: number;
          message?: string;
          response?: { data?: unknown };
        };
        return response === undefined
          ? { status: 0, body: String(message) }
          : { status: status ?? 0, body: response.data };
      }
    },
  };
}
