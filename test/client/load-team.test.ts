import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTeamFile, readTeamFile } from '../../src/client/load-team';
import { agent } from '../../src/contract/builders/agent';
import { pipeline } from '../../src/contract/builders/in-order';
import { approve } from '../../src/contract/builders/leaves';
import { team } from '../../src/contract/builders/team';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-team-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(text: string | Uint8Array, name = 'team.yaml'): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

const YAML = `# A writer and a question.
name: letters
agents:
  writer:
    instructions: |
      Write a letter.
    limits: { maxTurns: 3 }
root:
  kind: pipeline
  steps:
    - { kind: agent, agent: writer }
    - kind: approve
      question: Send it?
      deadline: 2h
`;

describe('loadTeamFile', () => {
  test('YAML: loads to what the builders make', async () => {
    const built = team(
      'letters',
      pipeline([
        agent({ name: 'writer', instructions: 'Write a letter.\n', limits: { maxTurns: 3 } }),
        approve('Send it?', { deadline: '2h' }),
      ]),
    );
    expect(await readTeamFile(await written(YAML))).toEqual(built);
    expect(await readTeamFile(await written(JSON.stringify(built, null, '\t'), 'team.json'))).toEqual(built);
  });

  test('aliases and merges: share settings', async () => {
    const file = await written(`name: t
agents:
  a: &base { instructions: One., tier: light }
  b: { <<: *base, instructions: Two. }
root: { kind: pipeline, steps: [&step { kind: agent, agent: a }, *step, { kind: agent, agent: b }] }
`);
    const { agents, root } = await readTeamFile(file);
    expect(agents.b).toMatchObject({ instructions: 'Two.', tier: 'light' });
    expect(root).toMatchObject({ steps: [{ agent: 'a' }, { agent: 'a' }, { agent: 'b' }] });
  });

  test('mistakes: name file, line and path, all at once', async () => {
    const broken = YAML.replace('agent: writer', 'agent: writter').replace('deadline: 2h', 'deadlin: 2h');
    const file = await written(broken);
    const { team: none, mistakes } = await loadTeamFile(file);
    expect(none).toBeUndefined();
    expect(mistakes.map(({ line, path }) => [line, path])).toEqual([
      [14, 'root.steps[1].deadlin'],
      [11, 'root.steps[0].agent'],
    ]);
    await expect(readTeamFile(file)).rejects.toThrow(
      `${file}:14: root.steps[1].deadlin: is no field here. Did you mean "deadline"?`,
    );
  });

  test('a missing field: points at what lacks it', async () => {
    const { mistakes } = await loadTeamFile(await written('name: t\nroot:\n  kind: tool\n'));
    expect(mistakes.map(({ line, path }) => [line, path])).toEqual([[2, 'root.tool']]);
  });

  test.each([
    [
      'broken YAML: names the line',
      'name: t\nroot:\n  kind: [agent\nagents: {}\n',
      /team\.yaml:\d+: cannot be read: Flow sequence/,
    ],
    [
      'a key twice: is refused',
      'name: t\nname: u\n',
      /team\.yaml:2: cannot be read: Map keys must be unique/,
    ],
    ['two documents: are refused', 'name: t\n---\nname: u\n', /team\.yaml:\d+: cannot be read: .*documents/],
    [
      'an unknown tag: is refused',
      'name: !secret t\n',
      /team\.yaml:1: cannot be read: Unresolved tag: !secret/,
    ],
    [
      'an unknown alias: is refused',
      'name: *nobody\n',
      /team\.yaml: cannot be read: Unresolved alias .*: nobody/,
    ],
    [
      'a part that holds itself: is refused',
      'a: &a [*a]\n',
      /team\.yaml:1: a\[0\].*: is nested deeper than 200 levels, or holds itself/,
    ],
    ['an empty file: is no team', '', /must be an object/],
  ])('%s', async (_title, text, message) => {
    await expect(readTeamFile(await written(text))).rejects.toThrow(message);
  });

  test('broken JSON: names the line', async () => {
    const file = await written('{\n  "name": "t",\n  "root": {\n', 'broken.json');
    await expect(readTeamFile(file)).rejects.toThrow(/broken\.json:\d+: cannot be read: /);
  });

  test('a bomb of aliases: ends early', async () => {
    const levels = Array.from(
      { length: 20 },
      (_, n) => `l${n + 1}: &l${n + 1} [*l${n}, *l${n}, *l${n}, *l${n}]`,
    );
    const file = await written(['l0: &l0 [x, x, x]', ...levels].join('\n'));
    await expect(readTeamFile(file)).rejects.toThrow(/Excessive alias count/);
  });

  test('bytes that are no text, too many, none, or no file: are refused by name', async () => {
    await expect(readTeamFile(await written(Uint8Array.of(0x6e, 0xff, 0xfe)))).rejects.toThrow(
      'is no UTF-8 text',
    );
    await expect(readTeamFile(await written(`# ${'x'.repeat(524_288)}`))).rejects.toThrow(
      'holds 524290 bytes',
    );
    await expect(readTeamFile(join(folder, 'none.yaml'))).rejects.toThrow(
      'none.yaml: there is no such file.',
    );
    await expect(readTeamFile(folder)).rejects.toThrow('is no file. Name the YAML or JSON file');
  });
});
