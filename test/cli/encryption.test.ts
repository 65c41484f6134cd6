import { randomBytes } from 'node:crypto';
import { EXIT } from '../../src/cli/exit-codes';
import { agent, approve, pipeline, team } from '../../src/contract/builders';
import { text } from '../../src/models/scripted-reply';
import { KeyRing } from '../../src/secrets/key-ring';
import { freePort } from '../../src/server/free-port';
import { openRunBench, type RunBench } from '../client/run-bench';
import { sharedServer } from '../setup/shared-server';
import { baton } from './fake-terminal';

const OLD = randomBytes(32);
const NEW = randomBytes(32);
const WORD = 'Wilhelmina';
const TOKEN = randomBytes(16).toString('hex');
const named = (name: string, key: Buffer) => `${name}:${key.toString('base64')}`;
const speaking = team('speaking', pipeline([agent({ name: 'speaker', instructions: `Speak of ${WORD}.` })]));

let bench: RunBench;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  bench = await openRunBench([], { ring: new KeyRing([['old', OLD]]), required: true });
  bench.script({ speaker: () => text(`${WORD} speaks. `.repeat(200)) });
  env = {
    TEMPORAL_ADDRESS: sharedServer().address,
    BATON_STORE: bench.folder,
    BATON_KEYS: named('old', OLD),
    BATON_CODEC_TOKEN: TOKEN,
  };
});
afterAll(() => bench.close());

describe('commands on what is encrypted', () => {
  test('forget: refuses while the run goes on, then destroys it and says what remains; it can be read no more', async () => {
    const asking = team('asking', pipeline([approve('Go on?', { approvers: ['ann'] })]));
    const { run: open } = await bench.client.start(asking, 'x');
    await bench.waitingIn(open);
    const early = baton(['forget', open, '--json'], { env });
    expect(await early.ended).toBe(EXIT.refused);
    expect(JSON.parse(early.stdout())).toMatchObject({ error: { type: 'RunOpen' } });
    const cancel = baton(['cancel', open, '--reason', `${WORD} said so`], { env });
    expect(await cancel.ended).toBe(EXIT.ok);
    expect(cancel.stderr()).toContain('The reason is not sent');

    const run = await bench.finished(speaking);
    const before = baton(['audit', run], { env });
    expect(await before.ended).toBe(EXIT.ok);
    expect(before.stdout()).toContain(WORD);
    const forget = baton(['forget', run], { env });
    expect(await forget.ended).toBe(EXIT.ok);
    expect(forget.stdout()).toMatch(
      new RegExp(`Forgotten for good: ${run}[\\s\\S]*What remains:[\\s\\S]*Backups`),
    );
    const after = baton(['audit', run, '--json'], { env });
    expect(await after.ended).not.toBe(EXIT.ok);
    expect(after.stdout() + after.stderr()).not.toContain(WORD);
    expect(JSON.parse(after.stdout())).toMatchObject({ error: { type: 'RunForgotten' } });
    const pruned = async (...flags: readonly string[]) => {
      const prune = baton(['prune', '--json', ...flags], { env });
      expect(await prune.ended).toBe(EXIT.ok);
      return JSON.parse(prune.stdout());
    };
    const { forgotten } = await pruned('--dry-run');
    expect(forgotten).toBeGreaterThan(3);
    expect(await pruned()).toEqual({ expired: 0, forgotten, complete: true });
    expect(await pruned()).toEqual({ expired: 0, forgotten: 0, complete: true });
    const again = baton(['forget', 'no-such-run', '--json'], { env });
    expect(await again.ended).toBe(EXIT.notFound);
  });

  test('rewrap: afterwards the new key alone reads what the old one wrapped', async () => {
    const run = await bench.finished(speaking);
    const audited = async (keys: string) => {
      const audit = baton(['audit', run], { env: { ...env, BATON_KEYS: keys } });
      return { code: await audit.ended, told: audit.stdout() + audit.stderr() };
    };
    expect(await audited(named('new', NEW))).toMatchObject({ told: expect.stringContaining('"old"') });
    const both = `${named('new', NEW)},${named('old', OLD)}`;
    const rewrap = baton(['rewrap', '--json'], { env: { ...env, BATON_KEYS: both } });
    expect(await rewrap.ended).toBe(EXIT.ok);
    expect(JSON.parse(rewrap.stdout()).rewrapped).toBeGreaterThan(0);
    expect(await audited(named('new', NEW))).toEqual({ code: EXIT.ok, told: expect.stringContaining(WORD) });
    const plain = baton(['rewrap'], { env: { BATON_STORE: bench.folder } });
    expect(await plain.ended).toBe(EXIT.usage);
    expect(plain.stderr()).toContain('Nothing is encrypted here');
  });

  test('codec-server: needs a token of its own, and decrypts for whoever says it until it is told to stop', async () => {
    const { BATON_CODEC_TOKEN: _, ...without } = env;
    const refused = baton(['codec-server'], { env: without });
    expect(await refused.ended).toBe(EXIT.usage);
    expect(refused.stderr()).toContain('BATON_CODEC_TOKEN');

    const both = { ...env, BATON_KEYS: `${named('new', NEW)},${named('old', OLD)}` };
    const run = await bench.finished(speaking);
    const { events } = await bench.client.context.temporal.workflow.getHandle(run).fetchHistory();
    const payloads = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads;
    const server = baton(['codec-server', '--port', String(await freePort(0)), '--json'], { env: both });
    while (!server.stdout().includes('url')) await new Promise((wake) => setTimeout(wake, 20));
    const { url } = JSON.parse(server.stdout()) as { url: string };
    const decode = (token: string) =>
      fetch(`${url}/decode`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}` },
        body: JSON.stringify({ payloads: JSON.parse(JSON.stringify(payloads)) }),
      });
    expect((await decode('x')).status).toBe(401);
    const opened = (await (await decode(TOKEN)).json()) as { payloads: { data: string }[] };
    expect(Buffer.from(opened.payloads[0]?.data ?? '', 'base64').toString()).toContain(WORD);
    // As Ctrl-C does it; workers of this process would hear it too.
    await bench.stopWorker();
    process.emit('SIGINT');
    expect(await server.ended).toBe(EXIT.ok);
    await expect(decode(TOKEN)).rejects.toThrow();
  });
});
