import { LRUCache } from 'lru-cache';
import { failure } from '../contract/fail';
import type { Json } from '../contract/json';
import type { Message } from '../contract/run/conversation';
import type { Hash } from '../contract/value';
import type { ContentStore, ThreadStore } from './store';
import type { StoreFiles } from './store-files';
import { loadPart, type StoredPart, storePart } from './stored-part';

interface StoredNode {
  readonly parent: Hash | null;
  readonly messages: readonly { readonly role: Message['role']; readonly content: readonly StoredPart[] }[];
}

/** Messages and about how many bytes they take. */
interface Sized {
  readonly messages: readonly Message[];
  readonly bytes: number;
}

interface Node extends Sized {
  readonly parent: Hash | null;
}

const NOTHING: Sized = { messages: [], bytes: 0 };

/** Nodes used lately are kept in memory, up to about this many bytes: a turn reads from the disk only what is new to it. */
const CACHE_BYTES = 64 * 1024 * 1024;
const CACHED_NODE_BYTES = 4 * 1024 * 1024;

/** As many as a worker has agents under way, or a few more. */
const CACHED_TRANSCRIPTS = 256;

/** Threads as nodes in a content store, each naming its parent; appending writes one node, whatever the thread's length. */
export class LocalThreadStore implements ThreadStore {
  readonly #cache = new LRUCache<string, Node>({
    maxSize: CACHE_BYTES,
    maxEntrySize: CACHED_NODE_BYTES,
    sizeCalculation: ({ bytes }) => bytes + 200,
  });

  /** Transcripts read lately, of messages that the nodes hold: a turn adds its own to the one before. */
  readonly #transcripts = new LRUCache<string, Sized>({
    max: CACHED_TRANSCRIPTS,
    maxSize: CACHE_BYTES,
    sizeCalculation: ({ bytes }) => bytes + 200,
  });

  constructor(
    private readonly content: ContentStore,
    private readonly files: Pick<StoreFiles, 'scope'>,
  ) {}

  async append(head: Hash | null, messages: readonly Message[]): Promise<Hash> {
    if (head !== null && messages.length === 0) return head;
    const stored: StoredNode = {
      parent: head,
      messages: await Promise.all(
        messages.map(async ({ role, content }) => ({
          role,
          content: await Promise.all(content.map((part) => storePart(part, this.content))),
        })),
      ),
    };
    const { hash } = await this.content.put(stored as unknown as Json);
    this.#cache.set(`${await this.files.scope()}${hash}`, {
      parent: head,
      messages,
      bytes: sizeOf(messages),
    });
    return hash;
  }

  async read(head: Hash | null): Promise<readonly Message[]> {
    const nodes: Node[] = [];
    let known: Sized | undefined;
    const scope = await this.files.scope();
    for (let here = head; here !== null; ) {
      known = this.#transcripts.get(`${scope}${here}`);
      if (known !== undefined) break;
      const node: Node = this.#cache.get(`${scope}${here}`) ?? (await this.#load(here, scope));
      nodes.push(node);
      here = node.parent;
    }
    let { messages, bytes } = known ?? NOTHING;
    messages = [...messages, ...nodes.reverse().flatMap((node) => node.messages)];
    for (const node of nodes) bytes += node.bytes;
    if (head !== null) this.#transcripts.set(`${scope}${head}`, { messages, bytes });
    return messages;
  }

  async #load(hash: Hash, scope: string): Promise<Node> {
    const stored = (await this.content.get(hash)) as unknown;
    if (!isStoredNode(stored))
      throw failure(
        'StoredValueMissing',
        `the stored value ${hash} is no transcript: a thread's head was expected`,
      );
    const messages = await Promise.all(
      stored.messages.map(async ({ role, content }) => ({
        role,
        content: await Promise.all(content.map((part) => loadPart(part, this.content))),
      })),
    );
    const node = { parent: stored.parent, messages, bytes: sizeOf(messages) };
    this.#cache.set(`${scope}${hash}`, node);
    return node;
  }
}

function isStoredNode(value: unknown): value is StoredNode {
  return typeof value === 'object' && value !== null && 'parent' in value && 'messages' in value;
}

function sizeOf(messages: readonly Message[]): number {
  let size = 0;
  for (const { content } of messages)
    for (const part of content)
      size +=
        100 +
        (part.type === 'text'
          ? part.text.length
          : part.type === 'toolResult'
            ? part.content.length
            : JSON.stringify(part).length);
  return size;
}
