import { agent, agentWith, type BadTeam, bad, branches, task, teamOf, writer } from './bad-team';

/** Mistakes of both sorts, in several places at once. */
export const BAD_IN_MANY_PLACES: readonly BadTeam[] = [
  bad(
    'broken form here, broken meaning there',
    teamOf(
      {
        kind: 'pipeline',
        steps: [
          { kind: 'agnet', agent: 'writer' },
          { kind: 'agent', agent: 'writter', timeout: 'soon' },
          { kind: 'parallel', branches: { ...branches, c: 'writer' }, join: { quorum: 5 }, merge: 'all' },
          { kind: 'dag', tasks: [task('a', 'b'), task('b', 'a'), { step: agent }] },
        ],
      },
      { agents: { writer: { tools: ['serch'], tier: 'big' } }, nmae: 't' },
    ),
    'agents.writer.instructions: is missing',
    'agents.writer.tier: "big" is unknown',
    'root.steps[0].kind: "agnet" is unknown',
    'root.steps[1].timeout: is no duration',
    'root.steps[2].branches.c: must be an object',
    'root.steps[2].merge: must be "collect"',
    'root.steps[3].tasks[2].id: is missing',
    'nmae: is no field here',
    'root.steps[1].agent: names the unknown agent "writter"',
    'agents.writer.tools[0]: names the unknown tool "serch"',
    'root.steps[2].join.quorum: asks for 5 successes of 3 branches',
  ),
  bad(
    'roles that cannot be read',
    { ...agentWith({ role: 'reader', tools: ['search'] }), roles: { reader: 'search' } },
    'roles.reader: must be a list',
  ),
  bad('agents that cannot be read', teamOf(agent, { agents: [writer] }), 'agents: must be an object'),
  bad(
    'many meanings at once',
    teamOf({
      kind: 'pipeline',
      steps: [
        { kind: 'agent', agent: 'a1' },
        { kind: 'agent', agent: 'a2' },
        { kind: 'tool', tool: 'none' },
        { kind: 'dag' },
      ],
    }),
    'root.steps[0].agent: names the unknown agent "a1"',
    'root.steps[1].agent: names the unknown agent "a2"',
    'root.steps[2].tool: names the unknown tool "none"',
    'root.steps[3]: has neither',
  ),
];
