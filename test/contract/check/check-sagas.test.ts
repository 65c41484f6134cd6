import { checkTeam } from '../../../src/contract/check/check-team';

const TOOLS = {
  book: { effect: 'write', repeat: 'keyed', compensation: 'unbook' },
  unbook: { effect: 'write', repeat: 'keyed' },
  send: { effect: 'write', repeat: 'keyed' },
  look: { effect: 'read', repeat: 'safe' },
} as const;

const part = (tool: string, undo?: string) => ({
  name: tool,
  do: { kind: 'tool', tool },
  ...(undo === undefined ? {} : { undo: { kind: 'tool', tool: undo } }),
});

const checked = (root: object) =>
  checkTeam({ name: 't', agents: { clerk: { instructions: 'x', tools: ['send'] } }, root }, { tools: TOOLS });

describe('checkTeam: sagas and checkpoints', () => {
  test('a part that writes and that nothing undoes is worth a word, one with an undo or a compensation is not', () => {
    const { warnings } = checked({
      kind: 'saga',
      steps: [
        part('book'),
        part('look'),
        part('send', 'unbook'),
        { name: 'mail', do: { kind: 'agent', agent: 'clerk' } },
      ],
    });
    expect(warnings.map(({ path, message }) => [path, message.includes('"send"')])).toEqual([
      ['root.steps[3]', true],
    ]);
  });

  test('two checkpoints of one label are a mistake', () => {
    const mark = { kind: 'checkpoint', label: 'half' };
    const { mistakes } = checked({
      kind: 'pipeline',
      steps: [mark, { kind: 'agent', agent: 'clerk' }, mark],
    });
    expect(mistakes.map(({ path }) => path)).toEqual(['root.steps[2].label']);
  });
});
