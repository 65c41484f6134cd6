import { readInput } from '../../../examples/design-debate/input';
import { offline } from '../../../examples/design-debate/offline';
import { parseOptions } from '../../../examples/design-debate/options';
import { recordSchema } from '../../../examples/design-debate/record';
import { buildTeam } from '../../../examples/design-debate/team';
import { tools } from '../../../examples/design-debate/tools';
import { checkTeam } from '../../../src/contract/check/check-team';
import { type ExampleStage, knownTools, openExample } from '../example-stage';

const SAMPLE = 'examples/design-debate/input/order-events.md';

const paperOf = (options: Readonly<Record<string, readonly string[]>>) => ({
  source: 'made.md',
  text: [
    '# Which way?',
    ...Object.entries(options).flatMap(([name, points]) => [
      `## Option: ${name}`,
      ...points.map((point) => `- ${point}`),
    ]),
  ].join('\n\n'),
});

let stage: ExampleStage;
beforeAll(async () => {
  stage = await openExample({ tools, offline });
});
afterAll(() => stage.close());

async function recordOn(input: Awaited<ReturnType<typeof readInput>>) {
  const { state, output } = await stage.run(buildTeam(input), input);
  return { state, record: recordSchema.parse(output) };
}

test('the sample: the advocate gives its first proposal up, the panel votes, the record says who and what against', async () => {
  const { state, record } = await recordOn(await readInput(SAMPLE));
  expect(state).toBe('done');
  expect(record).toMatchObject({
    question: 'How shall the order service tell other services that an order has changed?',
    decision: 'Outbox table',
    followsDebate: true,
    debate: { option: 'Outbox table', decided: true, rounds: 2 },
    silent: [],
  });
  expect(record.votes.flatMap(({ voters }) => voters).toSorted()).toEqual([
    'cost',
    'data',
    'delivery',
    'operations',
  ]);
  expect(record.drawbacks).toHaveLength(2);
});

test('another paper: another decision; the critic agrees with what nothing speaks against', async () => {
  const input = paperOf({
    Left: ['Against: A restart takes it down.', 'Against: It costs 10 euro.'],
    Right: ['For: No order is lost.', 'For: It needs no server.'],
  });
  const { record } = await recordOn(input);
  expect(record).toMatchObject({
    decision: 'Right',
    decidedBy: 'panel',
    debate: { option: 'Right', endedBy: 'agreement', rounds: 1 },
    drawbacks: [],
  });
});

test('a panel that is divided: the chair decides by all points, and the record says that it did', async () => {
  const input = paperOf({
    Left: ['For: No order is lost.', 'For: It recovers by itself.', 'For: Pretty.', 'Against: Ugly.'],
    Right: [
      'For: It costs nothing.',
      'For: Two days of work.',
      'For: Old.',
      'For: Proven.',
      'Against: Ugly.',
    ],
  });
  const { record } = await recordOn(input);
  expect(record).toMatchObject({ decision: 'Right', decidedBy: 'tie-break' });
  expect(record.votes.map(({ votes }) => votes)).toEqual([2, 2]);
});

test('the team: passes the check; a paper with one option is refused', async () => {
  const { mistakes, warnings } = checkTeam(buildTeam(await readInput(SAMPLE)), { tools: knownTools(tools) });
  expect([...mistakes, ...warnings]).toEqual([]);
  expect(() => buildTeam(paperOf({ Only: ['For: x'] }))).toThrow('fewer than two options');
});

test('a paper: its question, options and points, and nothing of the text between', () => {
  expect(
    parseOptions(
      '# Why?\n\nText - For: no.\n\n## Background\n\n- For: nobody\n\n## Option: A b\n\nText\n\n- For: x\n- Against: y\n',
    ),
  ).toEqual({ question: 'Why?', options: [{ name: 'A b', for: ['x'], against: ['y'] }] });
});
