import type { CallRecord } from '../../src/testing/call-record';
import { startModelServer } from '../../src/testing/model-server';

/** Longer than anything waits for it: only a closed connection ends such a call. */
const ENDLESS_MS = 10 * 60_000;
const QUICK_MS = 1_000;

export const SLOW = 'You take for ever.';
export const QUICK = 'You are quick.';

/** A model with an agent that never answers and one that does, whose calls are told apart by the run's input. */
export interface CutModel {
  readonly url: string;
  /** The calls of the run with that input, in order. */
  calls(input: string, system: string): readonly CallRecord[];
  close(): Promise<void>;
}

export async function openCutModel(): Promise<CutModel> {
  const asked: { readonly system: string; readonly said: string }[] = [];
  const server = await startModelServer({
    latencyMs: ({ system }) => (system.includes(SLOW) ? ENDLESS_MS : QUICK_MS),
    reply: ({ system, messages, index }) => {
      const said = JSON.stringify(messages);
      asked[index] = { system, said };
      // The next step is known by the same input.
      return { text: /[\da-f-]{36}/.exec(said)?.[0] ?? 'quick' };
    },
  });
  return {
    url: server.url,
    close: () => server.close(),
    calls: (input, system) =>
      server.calls().filter((_, index) => {
        const call = asked[index];
        return call?.system.includes(system) === true && call.said.includes(input);
      }),
  };
}
