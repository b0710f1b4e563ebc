/** The repository itself. */
import type { Answer } from '../../http/answer.ts';
import { notFound, ok, type RestContext } from './answers.ts';

export function getRepository({ state, repository, baseUrl }: RestContext): Answer {
  const mine = repository === state.fullName;
  const other = state.foreign.find((one) => `${one.owner}/${one.name}` === repository);
  const { owner, name, ownerId, id } = other ?? state.repository;
  return ok({
    ...{ id, name, full_name: repository, private: mine, visibility: mine ? 'private' : 'public' },
    ...{ default_branch: 'main', owner: { login: owner, id: ownerId, type: 'Organization' } },
    url: `${baseUrl}/repos/${repository}`,
    html_url: `https://github.com/${repository}`,
    permissions: { admin: mine, push: mine, pull: true },
  });
}

export function getPages({ state: { pages }, repository, baseUrl }: RestContext): Answer {
  if (pages === undefined) return notFound;
  return ok({ url: `${baseUrl}/repos/${repository}/pages`, status: null, build_type: pages, public: true });
}
