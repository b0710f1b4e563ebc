/** The repository's settings for Actions: variables, and secrets, which arrive sealed. */
import { blake2b } from '@noble/hashes/blake2.js';
import nacl from 'tweetnacl';
import { type Answer, json } from '../../http/answer.ts';
import { invalid, notFound, ok, type RestContext } from './answers.ts';

const created: Answer = json(201, {});
const noContent: Answer = { status: 204, body: '' };
const at = '2026-01-01T00:00:00Z';

/** Names are kept in upper case and found in any. Rules: docs.github.com, "Variables reference", naming conventions. */
function nameOf(text: unknown): string | undefined {
  const name = String(text ?? '').toUpperCase();
  return /^[A-Z_][A-Z0-9_]*$/.test(name) && !name.startsWith('GITHUB_') ? name : undefined;
}

const variableView = (name: string, value: string | undefined) => ({ name, value, created_at: at, updated_at: at });

export function listVariables({ state, request }: RestContext): Answer {
  const all = Object.entries(state.variables).sort(([a], [b]) => (a < b ? -1 : 1));
  const size = Math.min(30, Number(request.query.get('per_page') ?? 10) || 10);
  const from = (Math.max(1, Number(request.query.get('page') ?? 1) || 1) - 1) * size;
  const variables = all.slice(from, from + size).map(([name, value]) => variableView(name, value));
  return ok({ total_count: all.length, variables });
}

export function getVariable({ state }: RestContext, [given]: readonly string[]): Answer {
  const name = nameOf(given) ?? '';
  return Object.hasOwn(state.variables, name) ? ok(variableView(name, state.variables[name])) : notFound;
}

export function createVariable({ state, body }: RestContext): Answer {
  const name = nameOf(body.name);
  if (name === undefined || typeof body.value !== 'string') return invalid('Variable', 'name', 'invalid');
  if (Object.hasOwn(state.variables, name))
    return json(409, { message: 'Already exists - Variable already exists', status: '409' });
  state.variables[name] = body.value;
  return created;
}

export function updateVariable({ state, body }: RestContext, [given]: readonly string[]): Answer {
  const name = nameOf(given) ?? '';
  if (!Object.hasOwn(state.variables, name)) return notFound;
  if (typeof body.value === 'string') state.variables[name] = body.value;
  return noContent;
}

export function deleteVariable({ state }: RestContext, [given]: readonly string[]): Answer {
  const name = nameOf(given) ?? '';
  if (!Object.hasOwn(state.variables, name)) return notFound;
  delete state.variables[name];
  return noContent;
}

/** Seals secrets to the repository, as libsodium's `crypto_box_seal`. */
const keyId = '568250167242549743';
const keys = nacl.box.keyPair();

export function getPublicKey(): Answer {
  return ok({ key_id: keyId, key: Buffer.from(keys.publicKey).toString('base64') });
}

const secretView = (name: string) => ({ name, created_at: at, updated_at: at });

export function listSecrets({ state }: RestContext): Answer {
  const names = Object.keys(state.secrets).sort();
  return ok({ total_count: names.length, secrets: names.map(secretView) });
}

export function getSecret({ state }: RestContext, [given]: readonly string[]): Answer {
  const name = nameOf(given) ?? '';
  return Object.hasOwn(state.secrets, name) ? ok(secretView(name)) : notFound;
}

export function putSecret({ state, body }: RestContext, [given]: readonly string[]): Answer {
  const name = nameOf(given);
  if (name === undefined) return invalid('Secret', 'name', 'invalid');
  if (body.key_id !== keyId) return json(422, { message: 'Invalid key id', status: '422' });
  const value = open(Buffer.from(String(body.encrypted_value ?? ''), 'base64'));
  if (value === undefined) return json(422, { message: 'The secret cannot be decrypted', status: '422' });
  const exists = Object.hasOwn(state.secrets, name);
  state.secrets[name] = value;
  return exists ? noContent : created;
}

export function deleteSecret({ state }: RestContext, [given]: readonly string[]): Answer {
  const name = nameOf(given) ?? '';
  if (!Object.hasOwn(state.secrets, name)) return notFound;
  delete state.secrets[name];
  return noContent;
}

/** A sealed box: a key of the sender's, made for it alone, and what is encrypted under both (libsodium, "Sealed boxes"). */
function open(sealed: Buffer): string | undefined {
  const sender = new Uint8Array(sealed.subarray(0, 32));
  if (sender.length < 32) return undefined;
  const nonce = blake2b(new Uint8Array([...sender, ...keys.publicKey]), { dkLen: 24 });
  const text = nacl.box.open(new Uint8Array(sealed.subarray(32)), nonce, sender, keys.secretKey);
  return text === null ? undefined : Buffer.from(text).toString('utf8');
}
