import { EXIT } from '../../src/cli/exit-codes';
import { agent, team } from '../../src/contract/builders';
import { openRunBench, type RunBench, until } from '../client/run-bench';
import { sharedServer } from '../setup/shared-server';
import { baton } from './fake-terminal';

let bench: RunBench;
const env = { TEMPORAL_ADDRESS: sharedServer().address };
const given = team('broken-desk', agent({ name: 'desk', instructions: 'You answer.' }));

beforeAll(async () => {
  bench = await openRunBench();
});
afterAll(() => bench.close());

async function said(...args: readonly string[]): Promise<string> {
  const command = baton([...args, '--team', given.name], { env });
  expect(await command.ended).toBe(EXIT.ok);
  return `${command.stdout()}${command.stderr()}`;
}

test('failed names run, step, reason and input; retry takes it up and says so, once', async () => {
  bench.script({ desk: () => ({ text: '', stop: 'refusal' }) });
  const run = await bench.failing(given, 'where is my \u001b[2Jorder?');
  let shown = '';
  await until(async () => {
    shown = await said('failed', '--since', '10m');
    return shown.includes(run);
  });
  expect(shown).toMatch(/root\s+ModelRefused/);
  expect(shown).toContain('was given: where is my [2Jorder?');
  bench.script();
  expect(await said('retry', '--all', '--since', '10m')).toContain(`${run}  taken up as ${run}-r2`);
  expect(await bench.client.result(`${run}-r2`)).toMatchObject({ output: 'desk says it' });
  expect(await said('retry', '--all', '--since', '10m')).toContain('Nothing to take up.');
  await until(async () => (await said('failed')).includes(`taken up as ${run}-r2`));
});
