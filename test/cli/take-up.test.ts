import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../../src/cli/exit-codes';
import { agent, checkpoint, pipeline, team, tool } from '../../src/contract/builders';
import type { Team } from '../../src/contract/team/team';
import type { ModelRequest } from '../../src/models/provider';
import { text } from '../../src/models/scripted-reply';
import { openRunBench, type RunBench, until } from '../client/run-bench';
import { sharedServer } from '../setup/shared-server';
import { tripDesk } from '../workflows/trip-desk';
import { baton, type Running } from './fake-terminal';

const desk = tripDesk();
const who = (name: string, instructions = `You are ${name}.`) => agent({ name, instructions });
const marked = team('marked', pipeline([who('one'), checkpoint('half'), who('two')]));

let bench: RunBench;

beforeAll(async () => {
  bench = await openRunBench(desk.tools);
});
beforeEach(() => {
  desk.reset();
  bench.script();
});
afterAll(() => bench.close());

function command(...args: readonly string[]): Running {
  return baton(args, { env: { TEMPORAL_ADDRESS: sharedServer().address, BATON_STORE: bench.folder } });
}

async function refused(code: number, ...args: readonly string[]) {
  const running = command(...args, '--json');
  expect(await running.ended).toBe(code);
  return JSON.parse(running.stdout()).error;
}

function onDisk(changed: Team): string {
  const file = join(bench.folder, `${changed.name}.json`);
  writeFileSync(file, JSON.stringify(changed));
  return file;
}

describe('baton resume', () => {
  const given = team('desk', pipeline([who('one'), who('two')]));

  test('a failed run is followed to its result, and only what had failed is asked', async () => {
    bench.script({ two: () => ({ text: '', stop: 'refusal' }) });
    const run = await bench.failing(given);
    bench.script();
    const resume = command('resume', run, '--json');
    expect(await resume.ended).toBe(EXIT.ok);
    expect(JSON.parse(resume.stdout())).toMatchObject({
      run: `${run}-r2`,
      state: 'done',
      output: 'two says it',
      usage: { calls: 1 },
    });
    expect(bench.asked()).toEqual(['two']);
    const again = await refused(EXIT.refused, 'resume', run);
    expect(again).toMatchObject({ type: 'RunExists', remedy: expect.stringContaining(`${run}-r2`) });
    expect(await refused(EXIT.refused, 'resume', `${run}-r2`)).toMatchObject({
      type: 'RunOver',
      remedy: expect.stringContaining('--from'),
    });
  });

  test('--detach and --id: the new run is named on stdout and goes on by itself', async () => {
    bench.script({ two: () => ({ text: '', stop: 'refusal' }) });
    const run = await bench.failing(given);
    bench.script();
    const resume = command('resume', run, '--detach', '--id', `${run}-mine`);
    expect(await resume.ended).toBe(EXIT.ok);
    expect(resume.stdout()).toBe(`${run}-mine\n`);
    expect(resume.stderr()).toContain(`baton watch ${run}-mine`);
    expect(await bench.client.result(`${run}-mine`)).toMatchObject({ output: 'two says it' });
  });

  test('one that fails again ends with 1 and says why, readably', async () => {
    bench.script({ two: () => ({ text: '', stop: 'refusal' }) });
    const run = await bench.failing(given);
    const resume = command('resume', run);
    expect(await resume.ended).toBe(EXIT.runFailed);
    expect(resume.stderr()).toContain('ModelRefused');
    expect(resume.stderr()).not.toMatch(/\n\s+at /);
  });

  test('one that goes on is refused with the way out', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    bench.script({ one: () => held.then(() => text('done')) });
    const { run } = await bench.client.start(given, 'go');
    await until(() => bench.asked().length === 1);
    expect(await refused(EXIT.refused, 'resume', run)).toMatchObject({
      type: 'RunOpen',
      remedy: expect.stringContaining('baton cancel'),
    });
    release();
    await bench.client.result(run);
  });

  test('--from a label: what follows the checkpoint is made anew; a label that was not passed is told with those that were', async () => {
    const run = await bench.finished(marked);
    bench.script();
    const resume = command('resume', run, '--from', 'half', '--json');
    expect(await resume.ended).toBe(EXIT.ok);
    expect(JSON.parse(resume.stdout())).toMatchObject({ state: 'done', output: 'two says it' });
    expect(bench.asked()).toEqual(['two']);
    expect(await refused(EXIT.usage, 'resume', run, '--from', 'hlaf')).toMatchObject({
      type: 'InvalidInput',
      message: expect.stringContaining('"hlaf"'),
      remedy: expect.stringContaining('half'),
    });
  });

  test.each([
    ['skip', ['note hello']],
    ['replay', ['note hello', 'note hello']],
  ])('--writes %s decides what becomes of a write that was done', async (policy, done) => {
    const run = await bench.finished(
      team('noted', pipeline([checkpoint('start'), tool('note', { text: 'hello' })])),
    );
    expect(await command('resume', run, '--from', 'start', '--writes', policy).ended).toBe(EXIT.ok);
    expect(desk.done).toEqual(done);
  });
});

describe('baton fork', () => {
  const panel = (style: string) => team('panel', pipeline([who('one'), who('two', style), who('three')]));

  test('--team: only what the change reaches is asked', async () => {
    const run = await bench.finished(panel('Be short.'));
    bench.script({ two: () => text('something else') });
    const fork = command('fork', run, '--team', onDisk(panel('Be long.')), '--json');
    expect(await fork.ended).toBe(EXIT.ok);
    expect(JSON.parse(fork.stdout())).toMatchObject({
      run: expect.stringContaining(`${run}-fork-`),
      output: 'three says it',
    });
    expect(bench.asked()).toEqual(['two', 'three']);
  });

  test('--input: the same team on another input', async () => {
    const run = await bench.finished(marked);
    const heard: string[] = [];
    const answer = ({ messages }: ModelRequest) => {
      heard.push(JSON.stringify(messages));
      return text('something else');
    };
    bench.script({ one: answer });
    const fork = command('fork', run, '--input', '"stop"', '--id', `${run}-other`);
    expect(await fork.ended).toBe(EXIT.ok);
    expect(bench.asked()).toEqual(['one', 'two']);
    expect(heard).toEqual([expect.stringContaining('stop')]);
    expect(fork.stdout()).toContain('two says it');
  });

  test('without a change, and with a team full of mistakes, it is refused before anything starts', async () => {
    const run = await bench.finished(marked);
    expect(await refused(EXIT.usage, 'fork', run)).toMatchObject({
      type: 'InvalidInput',
      message: expect.stringContaining('--team or --input'),
    });
    const broken = join(bench.folder, 'broken.yaml');
    writeFileSync(broken, 'name: team\nroot: { kind: pipeline, steps: [{ kind: agent, agent: nobody }] }\n');
    expect(await refused(EXIT.usage, 'fork', run, '--team', broken)).toMatchObject({
      type: 'InvalidTeam',
      message: expect.stringContaining('nobody'),
    });
  });
});
