import { failure, failureType, rootFailure } from '../../contract/fail';
import { isFailureType } from '../../contract/failure-types';
import {
  PAGES,
  pageOf,
  REGISTRY_FORMAT,
  type RegistryHead,
  type RegistryPage,
  type RegistrySnapshot,
} from '../../contract/registry/registry';
import type {
  ChangedRegistry,
  RefusedRequest,
  RegistryChanges,
  RegistryRequest,
} from '../../contract/registry/registry-messages';
import { agentSchema } from '../../contract/team/agent';
import type { Hash } from '../../contract/value';
import type { RegistryStore } from '../../threads/store';
import { applyRequest, type DefinedRequest } from './apply-request';
import { RegistryBook } from './registry-book';

/**
 * Applies changes to a snapshot and publishes the next: reads the pages that they are about, writes those that changed,
 * then the snapshot, then makes that the newest. Each try of the same changes publishes the same. A request that is
 * refused changes nothing and leaves the others as they are. Throws StoreUnavailable.
 */
export async function changeRegistry(
  store: RegistryStore,
  changes: RegistryChanges,
): Promise<ChangedRegistry> {
  const { head, at, heard } = changes;
  const before = head === null ? undefined : await readSnapshot(store, head);
  const pages = before?.pages ?? EMPTY;
  const book = new RegistryBook(await readPages(store, pages, namesIn(changes)), head?.agents ?? 0);
  const refused: RefusedRequest[] = [];
  for (const request of changes.requests)
    try {
      applyRequest(book, await defined(store, request), at);
    } catch (error) {
      refused.push(refusal(request, error));
    }
  for (const report of heard) book.hear(report, at);
  const changed = await writePages(store, book.changed());
  if (changed.size === 0 && book.changes.length === 0) return { head, refused };
  const snapshot: RegistrySnapshot = {
    format: REGISTRY_FORMAT,
    revision: (head?.revision ?? 0) + 1,
    at,
    agents: book.size,
    pages: pages.map((page, index) => changed.get(index) ?? (changed.has(index) ? null : page)),
    changes: book.changes,
    before: head?.snapshot ?? null,
  };
  return { head: await store.publish(changes.registry, snapshot), refused };
}

const EMPTY: RegistrySnapshot['pages'] = Array.from({ length: PAGES }, () => null);

function namesIn({ requests, heard }: RegistryChanges): readonly string[] {
  const asked = requests.flatMap((request) =>
    request.kind === 'register' ? request.agents.map(({ name }) => name) : [request.agent],
  );
  return [...asked, ...heard.map(({ agent }) => agent)];
}

async function readPages(
  store: RegistryStore,
  pages: RegistrySnapshot['pages'],
  names: readonly string[],
): Promise<ReadonlyMap<number, RegistryPage>> {
  const indices = [...new Set(names.map(pageOf))];
  const read = indices.map(async (index): Promise<[number, RegistryPage]> => {
    const page = pages[index] ?? null;
    return [index, page === null ? {} : await ofRegistry(store.page(page))];
  });
  return new Map(await Promise.all(read));
}

/** The names of the pages as they are stored now; null for one that has become empty. */
async function writePages(
  store: RegistryStore,
  pages: ReadonlyMap<number, RegistryPage>,
): Promise<ReadonlyMap<number, Hash | null>> {
  const written = [...pages].map(
    async ([index, page]): Promise<[number, Hash | null]> => [
      index,
      Object.keys(page).length === 0 ? null : await store.putPage(page),
    ],
  );
  return new Map(await Promise.all(written));
}

function readSnapshot(store: RegistryStore, { snapshot }: RegistryHead): Promise<RegistrySnapshot> {
  return ofRegistry(store.snapshot(snapshot));
}

/** A worker that has another store must not end the registry: it is waited for until that is put right. */
async function ofRegistry<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (failureType(error) !== 'StoredValueMissing') throw error;
    const cause = rootFailure(error);
    throw failure(
      'StoreUnavailable',
      `The registry's pages: ${cause instanceof Error ? cause.message : ''}`,
      {
        ...(cause instanceof Error ? { cause } : {}),
      },
    );
  }
}

async function defined(store: RegistryStore, request: RegistryRequest): Promise<DefinedRequest> {
  if (request.kind !== 'register') return request;
  const agents = request.agents.map(async (each) => {
    const parsed = agentSchema.safeParse(await store.definition(each.definition));
    if (!parsed.success)
      throw failure('InvalidInput', `The stored value ${each.definition} is no agent's definition.`);
    return { ...each, agent: parsed.data };
  });
  return { ...request, agents: await Promise.all(agents) };
}

/** Throws the failure where it is an outage, to be tried again. */
function refusal({ id }: RegistryRequest, error: unknown): RefusedRequest {
  const type = failureType(error);
  const root = rootFailure(error);
  if (!isFailureType(type) || !(root instanceof Error) || type === 'StoreUnavailable') throw error;
  return { id, type, message: root.message };
}
