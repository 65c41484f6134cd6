import { ApplicationFailure } from '@temporalio/common';
import type { JsonObject } from '../../src/contract/json';
import type { ModelProvider, ModelRequest, ModelResponse } from '../../src/models/provider';
import type { Reply, Sent, Vendor } from './vendor';
import { type Scene, type Seen, startWire, type Wire } from './wire';

export const SCHEMA: JsonObject = {
  type: 'object',
  properties: { verdict: { type: 'string' } },
  required: ['verdict'],
  additionalProperties: false,
};

export const FIND = {
  name: 'find',
  description: 'Finds.',
  inputSchema: { type: 'object', properties: {} },
};

export const ASK: ModelRequest = {
  model: 'model-1',
  system: 'You are terse.',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }],
  tools: [],
  maxOutputTokens: 64,
  stallTimeoutMs: 5000,
  callKey: 'run/root:ä/1',
  agent: 'tester',
};

/** A vendor's adapter in front of the vendor's wire, new for every case. */
export interface Bench {
  readonly vendor: Vendor;
  /** A case; skipped where the vendor says why. */
  fact(name: string, check: () => Promise<void>): void;
  /** Asks with changes to `ASK`, while the wire plays the scene. */
  ask(scene: Scene, changes?: Partial<ModelRequest>): Promise<ModelResponse>;
  say(reply: Reply, changes?: Partial<ModelRequest>): Promise<ModelResponse>;
  failureOf(scene: Scene, changes?: Partial<ModelRequest>): Promise<ApplicationFailure>;
  play(scene: Scene): void;
  provider(): ModelProvider;
  seen(): Seen[];
  /** The last request, as it lay on the wire. */
  sent(): Sent;
}

/** Sets the bench up for the cases that follow, each of which must send exactly one request: only Temporal retries. */
export function benchOf(vendor: Vendor): Bench {
  let wire: Wire;
  let provider: ModelProvider;

  beforeEach(async () => {
    wire = await startWire();
    provider = vendor.provider(wire.url);
  });
  afterEach(async () => {
    await wire.close();
    expect(wire.seen).toHaveLength(1);
  });

  const ask: Bench['ask'] = (scene, changes = {}) => {
    wire.play(scene);
    return provider.call({ ...ASK, ...changes }, { signal: new AbortController().signal });
  };
  return {
    vendor,
    ask,
    fact: (name, check) => {
      const reason = vendor.skip?.[name];
      if (reason === undefined) test(name, check);
      else test.skip(`${name} (${reason})`, check);
    },
    say: (reply, changes) => ask(vendor.reply(reply), changes),
    failureOf: async (scene, changes) => {
      const error = await ask(scene, changes).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(ApplicationFailure);
      return error as ApplicationFailure;
    },
    play: (scene) => wire.play(scene),
    provider: () => provider,
    seen: () => wire.seen,
    sent: () => vendor.readBody(wire.seen.at(-1)?.body),
  };
}
