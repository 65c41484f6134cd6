import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readInput } from '../../../examples/research-report/input';
import { offline } from '../../../examples/research-report/offline';
import { CHAPTERS, reportSchema } from '../../../examples/research-report/report-contracts';
import { team } from '../../../examples/research-report/team';
import { createTools } from '../../../examples/research-report/tools';
import { checkTeam } from '../../../src/contract/check/check-team';
import { type ExampleStage, knownTools, openExample } from '../example-stage';

const SAMPLE = 'examples/research-report/input/cables';

let stage: ExampleStage;
beforeAll(async () => {
  stage = await openExample({ tools: createTools({ filesRoot: SAMPLE }), offline });
});
afterAll(() => stage.close());

test('a run of the research report: every fact is at the line that it cites', async () => {
  const { state, output } = await stage.run(team, await readInput(SAMPLE));
  const { sections, leftOut } = reportSchema.parse(output);
  expect(state).toBe('done');
  expect(sections).toHaveLength(CHAPTERS);
  const cited = sections.flatMap(({ text }) => [...text.matchAll(/(\S.*?) \[([\w.-]+):(\d+)\]/g)]);
  expect(cited.length).toBeGreaterThan(CHAPTERS);
  for (const [, sentence = '', file = '', line] of cited) {
    const lines = (await readFile(join(SAMPLE, file), 'utf8')).split('\n');
    expect(lines[Number(line) - 1]).toBe(sentence);
  }
  expect(leftOut.join()).toContain('percent of intercontinental data traffic');
});

test('the team: passes the check', () => {
  const tools = knownTools(createTools({ filesRoot: SAMPLE }));
  const { mistakes, warnings } = checkTeam(team, { tools });
  expect([...mistakes, ...warnings]).toEqual([]);
});
