import { EXIT } from '../../src/cli/exit-codes';
import { agent, team } from '../../src/contract/builders';
import { oneModel } from '../../src/models/models';
import { scripted } from '../../src/models/scripted';
import { fails } from '../../src/models/scripted-reply';
import { readTestServers } from '../../src/testing/test-servers';
import { openWorkerBench, type WorkerBench } from '../workers/worker-bench';
import { baton } from './fake-terminal';

describe('baton providers', () => {
  let bench: WorkerBench;
  beforeAll(async () => {
    bench = await openWorkerBench();
  });
  afterAll(() => bench.close());

  const told = async (...args: readonly string[]) => {
    const { address = '' } = readTestServers() ?? {};
    const command = baton(['providers', '--address', address, '--task-queue', bench.taskQueue, ...args], {
      env: { BATON_STORE: bench.folder },
    });
    expect(await command.ended).toBe(EXIT.ok);
    return command.stdout();
  };

  test('a circuit that the workers opened is shown, with why and until when', async () => {
    expect(await told()).toContain('no circuit was opened');
    const circuit = { threshold: 2, windowMs: 60_000, recoveryMs: 600_000 };
    const provider = scripted(() => {
      throw fails('ModelOverloaded');
    });
    await bench.startWorker({
      models: oneModel(provider, { pool: { name: 'big-model', limits: {}, circuit } }),
    });
    const run = await bench.startRun(team('ill', agent({ name: 'writer', instructions: 'Write.' })), 'go');
    let shown = '';
    while (!shown.includes('ModelOverloaded')) shown = await told();
    expect(shown).toMatch(/big-model +open +ModelOverloaded since .* ago, tried again in .*opened 1×/);
    const { providers } = JSON.parse(await told('--json'));
    expect(providers).toMatchObject([
      { pool: 'big-model', state: { circuit: { state: 'open', reason: 'ModelOverloaded' } } },
    ]);
    await run.cancel();
  }, 30_000);
});
