import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../../src/cli/exit-codes';
import { readPrivateKey } from '../../src/client/approver-keys';
import { pipeline, team, tool } from '../../src/contract/builders';
import { readTestServers } from '../../src/testing/test-servers';
import { openRunBench, type RunBench } from '../client/run-bench';
import { asks, done, refund, takeBack } from '../workflows/refund-desk';
import { baton } from './fake-terminal';

const folder = mkdtempSync(join(tmpdir(), 'baton-approvers-'));
const keys = join(folder, 'keys');
const approversFile = join(folder, 'project', 'approvers.json');
const own = { BATON_APPROVER_KEYS: keys, BATON_APPROVERS: approversFile };
afterAll(() => rmSync(folder, { recursive: true }));

const said = async (args: readonly string[], env: NodeJS.ProcessEnv = own) => {
  const told = baton(args, { env });
  return { code: await told.ended, out: told.stdout(), err: told.stderr() };
};

describe('baton approver', () => {
  let bench: RunBench;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    bench = await openRunBench([refund, takeBack]);
    env = { ...own, BATON_STORE: bench.folder, TEMPORAL_ADDRESS: readTestServers()?.address };
  });
  afterAll(() => bench.close());
  beforeEach(() => {
    done.length = 0;
  });

  test('add and list: the private key stays here for its owner alone, the public one goes to the project', async () => {
    expect((await said(['approver', 'list'])).out).toContain('unsigned');
    for (const name of ['ann', 'bob', 'rob'])
      expect((await said(['approver', 'add', name])).code).toBe(EXIT.ok);
    const pair = await readPrivateKey(keys, 'ann');
    expect(statSync(join(keys, 'ann.key')).mode & 0o777).toBe(0o600);
    expect(statSync(keys).mode & 0o777).toBe(0o700);
    const project = await readFile(approversFile, 'utf8');
    expect(project).toContain(pair?.publicKey);
    expect(project).not.toContain(pair?.privateKey);
    expect((await said(['approver', 'add', 'ann'])).code).toBe(EXIT.usage);
    expect(await readPrivateKey(keys, 'ann')).toEqual(pair);
    await said(['approver', 'add', 'far', '--public-key', 'a'.repeat(64)]);
    const listed = JSON.parse((await said(['approver', 'list', '--json'])).out);
    expect(listed.approvers).toEqual([
      expect.objectContaining({ name: 'ann', here: true }),
      expect.objectContaining({ name: 'bob', here: true }),
      expect.objectContaining({ name: 'rob', here: true }),
      { name: 'far', publicKey: 'a'.repeat(64), here: false },
    ]);
  });

  test('a signed run from start to end: shown in full, handed on, edited, approved, resumed only with a signature', async () => {
    const approvers = JSON.parse(await readFile(approversFile, 'utf8'));
    const rob = await readPrivateKey(keys, 'rob');
    if (rob === undefined) throw new Error('there is no key of rob');
    const asking = team('cashier', tool('refund', { order: 'a1' }), {
      policy: asks(),
      approvals: { approvers: ['rob', 'far'] },
    });
    await expect(bench.client.start(asking, null, { approvers })).rejects.toThrow('signAs');
    const { run } = await bench.client.start(asking, null, { approvers, signAs: rob });
    const { id } = await bench.waitingIn(run);
    const at = ['--run', run];
    const shown = await said(['approvals', ...at], env);
    expect(shown).toMatchObject({ code: EXIT.ok, err: '' });
    for (const part of ['refund', 'schema', 'policy', 'used by', 'not by rob'])
      expect(shown.out).toContain(part);
    expect(shown.out).not.toContain('not enforced');
    expect(await said(['approve', id, '--by', 'far', ...at], env)).toMatchObject({
      code: EXIT.usage,
      err: expect.stringContaining('no key of "far"'),
    });
    expect(await said(['approve', id, '--by', 'rob', ...at], env)).toMatchObject({
      code: EXIT.refused,
      err: expect.stringContaining('started the run'),
    });
    await bench.client.cancel(run);
    await expect(bench.client.resume(run)).rejects.toThrow('signAs');

    const second = await bench.client.start({ ...asking, approvals: undefined }, null, {
      approvers,
      signAs: rob,
    });
    const asked = await bench.waitingIn(second.run);
    const there = ['--run', second.run];
    expect(await said(['delegate', asked.id, '--by', 'bob', '--to', 'ann', ...there], env)).toMatchObject({
      code: EXIT.ok,
    });
    const args = join(folder, 'args.json');
    await writeFile(args, JSON.stringify({ order: 'a1', amount: 4000 }));
    expect(await said(['approve', asked.id, '--by', 'ann', '--edit', args, ...there], env)).toMatchObject({
      code: EXIT.refused,
      err: expect.stringContaining('/amount'),
    });
    const edited = await said(
      ['approve', asked.id, '--by', 'ann', '--edit', '{"order":"a1","amount":4}', ...there],
      env,
    );
    expect(edited.code).toBe(EXIT.ok);
    await bench.client.result(second.run);
    expect(done).toEqual(['refund a1 4']);
    const trail = (await bench.client.view(second.run)).approvals[0]?.trail ?? [];
    expect(trail.map(({ what, by }) => [what, by])).toEqual([
      ['asked', undefined],
      ['delegated', 'bob'],
      ['edited', 'ann'],
      ['approved', 'ann'],
    ]);
    expect(trail.slice(1).every(({ signature }) => signature?.length === 128)).toBe(true);
  });

  test('run --policy --sign-as --notify, then approve --remember: asked once, told of, and the rest of the run is not', async () => {
    const file = join(folder, 'cashier.json');
    const steps = [tool('refund', { order: 'b1' }), tool('refund', { order: 'b2' })];
    await writeFile(file, JSON.stringify(team('cashier', pipeline(steps))));
    const policy = JSON.stringify(asks({ remember: true, terms: { approvers: ['ann'] } }));
    const queue = ['--task-queue', bench.client.context.taskQueue, '--detach', '--json'];
    const start = ['run', file, '--input', 'null', '--sign-as', 'rob', '--notify', ...queue];
    expect((await said([...start, '--policy', '{"rules":[{"verdict":"perhaps"}]}'], env)).err).toContain(
      'policy',
    );
    const started = await said([...start, '--policy', policy], env);
    expect(started).toMatchObject({ code: EXIT.ok });
    const { run } = JSON.parse(started.out);
    const { id } = await bench.waitingIn(run);
    expect((await said(['approve', id, '--by', 'ann', '--run', run, '--remember'], env)).code).toBe(EXIT.ok);
    await bench.client.result(run);
    expect(done).toEqual(['refund b1 10', 'refund b2 10']);
    expect((await bench.client.view(run)).approvals).toHaveLength(1);
    const { events } = await bench.client.context.temporal.workflow.getHandle(run).fetchHistory();
    const told = (events ?? []).flatMap(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? [],
    );
    expect(told).toContain('notify');
  });

  test('unsigned: it works, and says what is not enforced', async () => {
    const asking = team('cashier', tool('refund', { order: 'a2' }));
    const { run } = await bench.client.start(asking, null, { policy: asks() });
    const { id } = await bench.waitingIn(run);
    expect((await said(['approvals', '--run', run], env)).out).toContain('not enforced');
    expect((await said(['approve', id, '--by', 'anyone', '--run', run], env)).code).toBe(EXIT.ok);
    await bench.client.result(run);
    expect(done).toEqual(['refund a2 10']);
  });
});
