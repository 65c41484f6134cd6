import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EXIT } from '../../src/cli/exit-codes';
import { MAX_INPUT_BYTES, MAX_TEAM_BYTES } from '../../src/contract/limits';
import { sharedServer } from '../setup/shared-server';
import { baton } from './fake-terminal';

const folder = mkdtempSync(join(tmpdir(), 'baton-bad-use-'));
const env = { TEMPORAL_ADDRESS: sharedServer().address, BATON_STORE: join(folder, 'store') };
const nowhere = { ...env, TEMPORAL_ADDRESS: '127.0.0.1:1' };
const id = 'f'.repeat(16);

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const broken = file('broken.yaml', 'name: [team\nroot: {');
const unknown = file('unknown.yaml', 'name: team\nagents: {}\nroot: { kind: agent, agent: writer }\n');
const oversized = file('oversized.yaml', `name: team\ndescription: "${'x'.repeat(MAX_TEAM_BYTES)}"\n`);
const tools = file('tools.yaml', 'name: team\nroot: { kind: tool, tool: look, args: {} }\n');
const agents = file(
  'agents.yaml',
  'name: team\nagents: { w: { instructions: Go. } }\nroot: { kind: agent, agent: w }\n',
);

const cycle = file(
  'cycle.yaml',
  'name: round\nteams:\n  a: { name: a, root: { kind: team, team: a } }\nroot: { kind: team, team: a }\n',
);
const noModel = file(
  'no-model.yaml',
  'name: team\nroot: { kind: approve, question: Go?, deadline: 1h, whenUnanswered: deny }\n',
);
const hugeInput = file('huge.txt', 'x'.repeat(MAX_INPUT_BYTES));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CASES: readonly (readonly [string, readonly string[], number, string])[] = [
  ['no command that exists', ['fly'], EXIT.usage, 'InvalidUsage'],
  ['a missing argument', ['run'], EXIT.usage, 'InvalidUsage'],
  ['an option that does not exist', ['list', '--fast'], EXIT.usage, 'InvalidUsage'],
  ['a number that is none', ['list', '--limit', '-3'], EXIT.usage, 'InvalidUsage'],
  ['a priority that does not exist', ['run', agents, '--priority', '6'], EXIT.usage, 'InvalidUsage'],
  ['a state that does not exist', ['list', '--state', 'sleeping'], EXIT.usage, 'InvalidUsage'],
  ['a team that is not there', ['run', join(folder, 'none')], EXIT.usage, 'InvalidInput'],
  ['a folder without a team', ['check', folder], EXIT.usage, 'InvalidInput'],
  ['broken YAML', ['run', broken], EXIT.usage, 'InvalidTeam'],
  ['an unknown agent', ['run', unknown], EXIT.usage, 'InvalidTeam'],
  ['an oversized team', ['run', oversized], EXIT.usage, 'InvalidTeam'],
  ['a team that holds itself', ['run', cycle], EXIT.usage, 'InvalidTeam'],
  ['an oversized input', ['run', noModel, '--input', hugeInput], EXIT.usage, 'InvalidInput'],
  ['a tool that nobody brings', ['run', tools], EXIT.usage, 'InvalidTeam'],
  ['an input that is neither file nor JSON', ['run', tools, '--input', 'nope'], EXIT.usage, 'InvalidInput'],
  ['agents and no model', ['run', agents], EXIT.notReady, 'NoModelConfigured'],
  ['offline replies where there are none', ['run', agents, '--offline'], EXIT.usage, 'InvalidInput'],
  ['an unknown run to watch', ['watch', 'no-such-run'], EXIT.notFound, 'RunNotFound'],
  ['an unknown run to cancel', ['cancel', 'no-such-run'], EXIT.notFound, 'RunNotFound'],
  ['an unknown run to resume', ['resume', 'no-such-run'], EXIT.notFound, 'RunNotFound'],
  [
    'an unknown run to resume from a label',
    ['resume', 'no-such-run', '--from', 'half'],
    EXIT.notFound,
    'RunNotFound',
  ],
  ['a policy of writes that there is not', ['resume', 'x', '--writes', 'twice'], EXIT.usage, 'InvalidUsage'],
  ['an unknown run to fork', ['fork', 'no-such-run', '--input', '1'], EXIT.notFound, 'RunNotFound'],
  ['a fork without a change', ['fork', 'no-such-run'], EXIT.usage, 'InvalidInput'],
  [
    'a fork to a team that is not there',
    ['fork', 'x', '--team', join(folder, 'none')],
    EXIT.usage,
    'InvalidInput',
  ],
  ['a fork to an unknown agent', ['fork', 'x', '--team', unknown], EXIT.usage, 'InvalidTeam'],
  ['an unknown run to pause', ['pause', 'no-such-run'], EXIT.notFound, 'RunNotFound'],
  ['no run to pause', ['pause'], EXIT.usage, 'InvalidUsage'],
  ['an unknown run to unpause', ['unpause', 'no-such-run'], EXIT.notFound, 'RunNotFound'],
  ['an event for an unknown run', ['emit', 'no-such-run', 'paid'], EXIT.notFound, 'RunNotFound'],
  ['a signal for an unknown run', ['emit', 'no-such-run', 'paid', '--signal'], EXIT.notFound, 'RunNotFound'],
  ['no event to emit', ['emit', 'no-such-run'], EXIT.usage, 'InvalidUsage'],
  ['an event whose name is none', ['emit', 'no-such-run', 'a b'], EXIT.usage, 'InvalidInput'],
  ['a payload that is none', ['emit', 'x', 'paid', '--payload', '{'], EXIT.usage, 'InvalidInput'],
  ['an unknown run with approvals', ['approvals', '--run', 'no-such-run'], EXIT.notFound, 'RunNotFound'],
  ['an unknown approval', ['approve', id, '--by', 'ann'], EXIT.notFound, 'ApprovalNotFound'],
  ['an approval id that is none', ['deny', 'yes', '--by', 'ann'], EXIT.notFound, 'ApprovalNotFound'],
  ['a retry that names no runs', ['retry', '--all'], EXIT.usage, 'InvalidInput'],
  ['a time that is to come', ['failed', '--since', '2999-01-01'], EXIT.usage, 'InvalidUsage'],
  ['nothing to deploy', ['deploy'], EXIT.usage, 'InvalidInput'],
  [
    'a build that nobody has',
    ['deploy', '--build-id', 'b1', '--deployment', 'none'],
    EXIT.notReady,
    'DeploymentNotReady',
  ],
  ['a role that does not exist', ['worker', '--role', 'boss'], EXIT.usage, 'InvalidInput'],
  [
    'a namespace that does not exist',
    ['worker', '--namespace', 'none'],
    EXIT.noServer,
    'TemporalUnreachable',
  ],
];

describe('baton, badly used', () => {
  test.each(CASES)(
    '%s: its exit code, one JSON document, one readable line',
    async (_what, args, code, type) => {
      const command = baton([...args, '--json'], { env });
      expect(await command.ended).toBe(code);
      expect(JSON.parse(command.stdout())).toMatchObject({ error: { type, message: expect.any(String) } });
      expect(command.stderr()).not.toMatch(/\n\s+at /);
      expect(command.stderr().trim()).not.toBe('');
    },
  );

  test.each([
    ['list'],
    ['approvals'],
    ['run', tools],
    ['watch', 'x'],
    ['cancel', 'x'],
    ['resume', 'x'],
    ['fork', 'x', '--input', '1'],
    ['pause', 'x'],
    ['unpause', 'x'],
    ['emit', 'x', 'paid'],
    ['worker'],
  ])('%s tells a dead server by its address, with the way out', async (...args) => {
    const command = baton(args, { env: nowhere });
    expect(await command.ended).toBe(EXIT.noServer);
    expect(command.stderr()).toContain('127.0.0.1:1');
    expect(command.stderr()).toContain('baton up');
    expect(command.stdout()).toBe('');
  });

  test('an oversized input is refused before any server is asked for', async () => {
    const command = baton(['run', noModel, '--input', hugeInput], { env: nowhere });
    expect(await command.ended).toBe(EXIT.usage);
    expect(command.stderr()).toContain('32.0 MiB is the limit');
  });

  test.each(['check', 'run'])('%s of a team that is built from its input asks for one', async (name) => {
    const command = baton([name, 'examples/trip-booking', '--json'], { env: nowhere });
    expect(await command.ended).toBe(EXIT.usage);
    const { error } = JSON.parse(command.stdout());
    expect(error).toMatchObject({
      type: 'InvalidInput',
      message: expect.stringMatching(/trip-booking.* is built from its input, and there is none/),
    });
    expect(command.stderr()).toContain('--input');
    expect(command.stderr()).not.toContain('no trip');
  });

  test('check lists every mistake with its line and its path', async () => {
    const many = file('many.yaml', 'name: 1team\nroot:\n  kind: agent\n  agent: nobody\nextra: 1\n');
    const command = baton(['check', many, '--json'], { env });
    expect(await command.ended).toBe(EXIT.usage);
    expect(JSON.parse(command.stdout())).toMatchObject({
      ok: false,
      mistakes: expect.arrayContaining([
        expect.objectContaining({ path: 'name', line: 1 }),
        expect.objectContaining({ path: 'root.agent', line: 4 }),
        expect.objectContaining({ path: 'extra', line: 5 }),
      ]),
    });
  });

  test("check holds a team against its folder's tools: their effects, and tools that are not there", async () => {
    const withTools = join(folder, 'with-tools');
    mkdirSync(withTools);
    const defineTool = resolve('dist', 'src', 'tools', 'define-tool.js');
    writeFileSync(
      join(withTools, 'tools.js'),
      `const { defineTool } = require(${JSON.stringify(defineTool)});
const { z } = require(${JSON.stringify(require.resolve('zod'))});
const run = async () => null;
exports.tools = [defineTool({ name: 'send', description: 'Sends.', input: z.object({}), effect: 'write', repeat: 'keyed', run })];`,
    );
    writeFileSync(
      join(withTools, 'team.yaml'),
      'name: team\nagents:\n  w: { instructions: Go., mode: packed, tools: [send, sned] }\nroot: { kind: agent, agent: w }\n',
    );
    const command = baton(['check', withTools, '--json'], { env });
    expect(await command.ended).toBe(EXIT.usage);
    expect(JSON.parse(command.stdout()).mistakes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: 'agents.w.tools[0]', message: expect.stringContaining('packed') }),
        expect.objectContaining({ path: 'agents.w.tools[1]', message: expect.stringContaining('"send"') }),
      ]),
    );
  });

  test('check prices a good team by agent, the calls that sum its conversation up included', async () => {
    const command = baton(['check', agents, '--json'], { env: { ...env, ANTHROPIC_API_KEY: 'key' } });
    expect(await command.ended).toBe(EXIT.ok);
    const { worstCase } = JSON.parse(command.stdout());
    expect(worstCase.agents).toEqual([expect.objectContaining({ agent: 'w', uses: 1, calls: 30 })]);
    expect(worstCase.totalMicroDollars).toBe(worstCase.agents[0].microDollars);
    expect(worstCase.totalMicroDollars).toBeGreaterThan(0);
  });

  test('help and version are no mistakes', async () => {
    for (const args of [['--help'], ['run', '--help'], ['--version']])
      expect(await baton(args, { env }).ended).toBe(EXIT.ok);
  });
});
