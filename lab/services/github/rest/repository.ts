/** The repository itself. */
import type { Answer } from '../../http/answer.ts';
import { ok, type RestContext } from './answers.ts';

export function getRepository({ state, baseUrl }: RestContext): Answer {
  const { owner, name, ownerId, id } = state.repository;
  return ok({
    ...{ id, name, full_name: state.fullName, private: true, visibility: 'private', default_branch: 'main' },
    owner: { login: owner, id: ownerId, type: 'Organization' },
    url: `${baseUrl}/repos/${state.fullName}`,
    html_url: `https://github.com/${state.fullName}`,
    permissions: { admin: true, push: true, pull: true },
  });
}
