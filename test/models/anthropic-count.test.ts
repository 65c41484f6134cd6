import { fitRequest } from '../../src/activities/calls/fit-request';
import { GrantPool } from '../../src/activities/calls/grant-pool';
import { anthropicProvider } from '../../src/models/anthropic/anthropic-provider';
import { oneModel } from '../../src/models/models';
import { startModelServer } from '../../src/testing/model-server';
import { startWire } from './wire';

const NEVER = new AbortController().signal;

describe('anthropic: counting', () => {
  const REQUEST_TO_COUNT = {
    model: 'm',
    tools: [],
    stallTimeoutMs: 5000,
    callKey: 'k',
    agent: 'counted',
    system: 'Count.',
    maxOutputTokens: 300,
    messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'word '.repeat(2000) }] }],
  };
  const resolved = (baseURL: string) =>
    oneModel(anthropicProvider({ apiKey: 'sk-test', baseURL })).resolve('m');

  test('a request whose bytes do not fit what was granted: is counted by the vendor, and sent', async () => {
    const server = await startModelServer({ reply: () => ({ text: 'fine' }) });
    const fitted = (tokens: number) =>
      fitRequest(new GrantPool({ calls: 1, tokens, microDollars: 0 }), REQUEST_TO_COUNT, {
        model: resolved(server.url),
        signal: NEVER,
      });
    const { worst, bound } = await fitted(5000);
    expect(bound).toBeGreaterThan(10_000);
    expect(worst.tokens).toBeGreaterThan(2500);
    expect(worst.tokens).toBeLessThan(5000);
    expect((await fitted(20_000)).worst.tokens).toBe(bound + 300);
    await server.close();
    await expect(fitted(5000)).rejects.toMatchObject({ type: 'GrantTooSmall' });
  });

  test('a count that is aborted: throws the reason', async () => {
    const wire = await startWire();
    wire.play(() => undefined);
    const abort = new AbortController();
    const counting = resolved(wire.url).provider.countInput?.(REQUEST_TO_COUNT, { signal: abort.signal });
    abort.abort(new Error('enough'));
    await expect(counting).rejects.toThrow('enough');
    await wire.close();
  });
});
