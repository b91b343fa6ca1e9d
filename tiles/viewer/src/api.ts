// The service's public HTTP interface, relative to where the page came from.

import { spoken, t } from './words';

/** A problem (RFC 9457) that the service answered. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    /** The last part of its type, which does not change. */
    readonly kind: string,
    detail: string,
  ) {
    super(detail);
  }
}

export const address = (path: string): string => new URL(path, document.baseURI).href;

export type Query = Record<string, string | number | undefined>;

export function withQuery(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter((pair): pair is [string, string | number] => pair[1] !== undefined);
  const text = given.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&');
  return text ? `${path}?${text}` : path;
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address(path), { ...init, headers: { 'Accept-Language': spoken(), ...init.headers } });
  } catch (error) {
    if (error instanceof DOMException) throw error;
    throw new Refused(0, 'unreachable', t('unreachable'));
  }
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as { type?: string; detail?: string; title?: string };
  throw new Refused(response.status, problem.type?.split(':').pop() ?? '', problem.detail ?? problem.title ?? response.statusText);
}

export async function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  const response = await ask(withQuery(path, query), signal ? { signal } : {});
  return (await response.json()) as T;
}

export async function text(path: string, accept: string): Promise<string> {
  return (await ask(path, { headers: { Accept: accept } })).text();
}

export async function send<T>(path: string, body: Blob, type: string): Promise<T> {
  const response = await ask(path, { method: 'POST', body, headers: { 'Content-Type': type } });
  return (await response.json()) as T;
}
