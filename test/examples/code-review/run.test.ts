import { addedLines, parseChange } from '../../../examples/code-review/changed-files';
import { changeInputSchema, readInput } from '../../../examples/code-review/input';
import { offline } from '../../../examples/code-review/offline';
import { reportSchema } from '../../../examples/code-review/report';
import { buildTeam } from '../../../examples/code-review/team';
import { tools } from '../../../examples/code-review/tools';
import { checkTeam } from '../../../src/contract/check/check-team';
import { type ExampleStage, knownTools, openExample } from '../example-stage';
import { addedFile } from './change-of';

let stage: ExampleStage;
beforeAll(async () => {
  stage = await openExample({ tools, offline });
});
afterAll(() => stage.close());

describe('a run of the code review', () => {
  test('the sample: ten calls, each problem once, all of them at added lines, and a person released it', async () => {
    const input = await readInput('examples/code-review/input/order-search.diff');
    const before = stage.provider.requests.length;
    const { state, output, usage } = await stage.run(buildTeam(input), input, 'maintainer');
    const report = reportSchema.parse(output);
    const { files } = parseChange(changeInputSchema.parse(input).diff);
    expect(state).toBe('done');
    expect(usage.calls).toBe(10);
    expect(stage.provider.requests.length - before).toBe(10);
    expect(report.setAside).toEqual([]);
    for (const { file, line } of report.findings) {
      const changed = files.find(({ path }) => path === file);
      expect(changed && addedLines(changed).has(line)).toBe(true);
    }
    const places = report.findings.map(({ file, line, title }) => `${file}:${line} ${title}`);
    expect(new Set(places).size).toBe(places.length);
    // Named by two reviewers, reported once.
    expect(report.findings.find(({ title }) => title === 'Error thrown away')?.sources.toSorted()).toEqual([
      'security',
      'style',
    ]);
    expect(report.verdict).toBe('reject');
    expect(report.skipped).toEqual(['package-lock.json']);
  });

  test('reviewers are shown their own module and nothing of the others', async () => {
    const big = (name: string): string =>
      addedFile(
        `src/${name}/${name}.ts`,
        Array.from({ length: 81 }, (_, index) => `${name}(${index});`),
      );
    const input = { diff: big('left') + big('right') };
    const before = stage.provider.requests.length;
    await stage.run(buildTeam(input), input, 'maintainer');
    const shown = stage.provider.requests
      .slice(before)
      .filter(({ agent }) => agent !== 'lead')
      .map(({ messages }) => JSON.stringify(messages));
    expect(shown).toHaveLength(6);
    for (const text of shown) expect(text.includes('left(80)')).not.toBe(text.includes('right(80)'));
  });

  test('a stranger cannot release it, and denied it is no result', async () => {
    const input = { diff: addedFile('src/a.ts', ['var x = 1;']) };
    const { run } = await stage.client.start(buildTeam(input), input);
    for await (const { approvals } of stage.client.watch(run)) {
      const open = approvals.find(({ decision }) => decision === undefined);
      if (open === undefined) continue;
      const decision = { approval: open.id, hash: open.hash, by: 'stranger' } as const;
      await expect(stage.client.decide({ ...decision, verdict: 'approve' }, { run })).rejects.toThrow(
        'stranger',
      );
      await stage.client.decide(
        { ...decision, by: 'maintainer', verdict: 'deny', reason: 'too early' },
        { run },
      );
    }
    await expect(stage.client.result(run)).rejects.toThrow('too early');
  });
});

test('the team: passes the check, for a small change and for a large one', async () => {
  const large = Array.from({ length: 60 }, (_, index) =>
    addedFile(
      `p${index}/a.ts`,
      Array.from({ length: 90 }, () => 'x();'),
    ),
  ).join('');
  for (const diff of [addedFile('a.ts', ['x']), large]) {
    const { mistakes, warnings } = checkTeam(buildTeam({ diff }), { tools: knownTools(tools) });
    expect([...mistakes, ...warnings]).toEqual([]);
  }
});
