import { agent, agentWith, type BadTeam, bad, branches, task, teamOf, writer } from './bad-team';

export const BAD_PATTERNS: readonly BadTeam[] = [
  bad(
    'an unknown agent',
    teamOf({ kind: 'agent', agent: 'writter' }),
    'root.agent: names the unknown agent "writter". Did you mean "writer"? The agents are: writer.',
  ),
  bad(
    'an agent named like a part of every object',
    teamOf({ kind: 'agent', agent: 'constructor' }),
    'root.agent: names the unknown agent "constructor"',
  ),
  bad(
    'a stop on what cannot be stopped',
    teamOf({ kind: 'race', branches, stopWhen: { at: '', exists: true } }),
    'root.stopWhen: has no effect on a step of kind race',
  ),
  bad(
    'neither an agent nor a capability',
    teamOf({ kind: 'agent' }),
    'root: names neither an agent nor a capability.',
  ),
  bad(
    'an agent and a capability',
    teamOf({ kind: 'agent', agent: 'writer', capability: 'writing' }),
    'root.capability: stands beside the agent "writer"',
    'root.capability: names "writing", which no agent has',
  ),
  bad(
    'a capability that no agent has',
    teamOf(
      { kind: 'agent', capability: 'writting' },
      { agents: { writer: { ...writer, capabilities: ['writing'] } } },
    ),
    'root.capability: names "writting", which no agent has. Did you mean "writing"? The capabilities are: writing.',
  ),
  bad(
    'a tier without a capability',
    teamOf({ kind: 'agent', agent: 'writer', tier: 'light' }),
    'root.tier: is a choice among those with a capability',
  ),
  bad(
    'no idle rounds allowed',
    teamOf({ kind: 'supervise', supervisor: 'writer', workers: branches, maxIdleRounds: 0 }),
    'root.maxIdleRounds: must be at least 1',
  ),
  bad(
    'an unknown supervisor',
    teamOf({ kind: 'supervise', supervisor: 'boss', workers: branches }),
    'root.supervisor: names the unknown agent "boss"',
  ),
  bad(
    'an unknown judge',
    teamOf({ kind: 'race', branches, judge: 'boss' }),
    'root.judge: names the unknown agent "boss"',
  ),
  bad(
    'an unknown synthesizer',
    teamOf({ kind: 'parallel', branches, merge: { synthesize: 'boss' } }),
    'root.merge.synthesize: names the unknown agent "boss"',
  ),
  bad(
    'an unknown planner',
    teamOf({ kind: 'dag', planner: 'boss', workers: branches }),
    'root.planner: names the unknown agent "boss"',
  ),
  bad(
    'an unknown classifying agent',
    teamOf({ kind: 'route', by: [{ by: 'agent', agent: 'boss' }], routes: branches, fallback: agent }),
    'root.by[0].agent: names the unknown agent "boss"',
  ),
  bad(
    'an unknown tool of a step',
    teamOf({ kind: 'tool', tool: 'serch' }),
    'root.tool: names the unknown tool "serch". Did you mean "search"?',
  ),
  bad(
    'an unknown tool of an agent',
    agentWith({ tools: ['search', 'fetch'] }),
    'agents.writer.tools[1]: names the unknown tool "fetch"',
  ),
  bad(
    'a tool twice',
    agentWith({ tools: ['search', 'search'] }),
    'agents.writer.tools[1]: names "search" a second time',
  ),
  bad(
    'a tool named as a delegation',
    agentWith({ tools: ['delegate_to_x'] }),
    'agents.writer.tools[0]: begins with "delegate_to_"',
    'agents.writer.tools[0]: names the unknown tool "delegate_to_x"',
  ),
  bad(
    'a tool named as the answer',
    agentWith({ tools: ['give_answer'] }),
    'agents.writer.tools[0]: is "give_answer"',
    'agents.writer.tools[0]: names the unknown tool "give_answer"',
  ),
  bad(
    'an unknown sub-team',
    teamOf({ kind: 'team', team: 'sub' }),
    'root.team: names the unknown team "sub"',
  ),
  bad(
    'two steps of one id',
    teamOf({ kind: 'pipeline', steps: [{ ...agent, id: 'x' }, agent, { ...agent, id: 'x' }] }),
    'root.steps[2]: shares the name "x"',
  ),
  bad(
    'a branch named as the fallback',
    teamOf({ kind: 'parallel', branches: { fallback: agent }, onFailure: { fallback: agent } }),
    'root.onFailure.fallback: shares the name "fallback"',
  ),
  bad(
    'a branch named as the synthesis',
    teamOf({ kind: 'parallel', branches: { synthesis: agent }, merge: { synthesize: 'writer' } }),
    'root.branches.synthesis: has the name of the merging step',
  ),
  bad(
    'two tasks of one id',
    teamOf({ kind: 'dag', tasks: [task('a'), task('a')] }),
    'root.tasks[1].step: shares the name "a"',
  ),
  bad(
    'a cycle',
    teamOf({ kind: 'dag', tasks: [task('a', 'c'), task('b', 'a'), task('c', 'b'), task('d', 'a')] }),
    'root.tasks[0].requires: waits for itself: a → c → b → a.',
  ),
  bad(
    'a task that waits for itself',
    teamOf({ kind: 'dag', tasks: [task('a', 'a')] }),
    'root.tasks[0].requires: waits for itself: a → a.',
  ),
  bad(
    'a task that waits for an unknown one',
    teamOf({ kind: 'dag', tasks: [task('first'), task('b', 'frist')] }),
    'root.tasks[1].requires[0]: names the unknown task "frist". Did you mean "first"?',
  ),
  bad('neither tasks nor a planner', teamOf({ kind: 'dag' }), 'root: has neither tasks nor a planner'),
  bad(
    'tasks and a planner',
    teamOf({ kind: 'dag', tasks: [task('a')], planner: 'writer', workers: { w: agent } }),
    'root.planner: stands beside fixed tasks',
  ),
  bad(
    'a planner without workers',
    teamOf({ kind: 'dag', planner: 'writer' }),
    'root: has a planner but no workers',
  ),
  bad(
    'workers without a planner',
    teamOf({ kind: 'dag', tasks: [task('a')], workers: { w: agent } }),
    'root.workers: are given tasks by a planner, and there is none',
  ),
  bad(
    'a rule to an unknown route',
    teamOf({
      kind: 'route',
      by: [
        { by: 'rules', rules: [{ when: { at: '', exists: true }, route: 'c' }] },
        { by: 'agent', agent: 'writer' },
      ],
      routes: branches,
      fallback: agent,
    }),
    'root.by[0].rules[0].route: names the unknown route "c"',
  ),
  bad(
    'examples of an unknown route',
    teamOf({
      kind: 'route',
      by: [{ by: 'examples', examples: { a: ['x'], b: ['y'], c: ['z'] } }],
      routes: branches,
      fallback: agent,
    }),
    'root.by[0].examples.c: names the unknown route "c"',
  ),
  bad(
    'examples of an intent in an unknown route, beside ones that belong to no route',
    teamOf({
      kind: 'route',
      by: [{ by: 'examples', examples: { 'a/x': ['go'], b: ['stay'], 'c/y': ['run'], otherwise: ['rain'] } }],
      routes: branches,
      fallback: agent,
    }),
    'root.by[0].examples["c/y"]: names the unknown route "c"',
  ),
  bad(
    'a route that asks one agent twice',
    teamOf({
      kind: 'route',
      by: [
        { by: 'agent', agent: 'writer' },
        { by: 'agent', agent: 'writer' },
      ],
      routes: branches,
      fallback: agent,
    }),
    'root.by[1].agent: asks "writer" a second time',
  ),
  bad(
    'a route that nothing chooses',
    teamOf({
      kind: 'route',
      by: [{ by: 'examples', examples: { a: ['x'] } }],
      routes: branches,
      fallback: agent,
    }),
    'root.routes.b: can never be chosen',
  ),
  bad(
    'a quorum above the branches',
    teamOf({ kind: 'parallel', branches, join: { quorum: 3 } }),
    'root.join.quorum: asks for 3 successes of 2 branches',
  ),
  bad(
    'a quorum above the items',
    teamOf({ kind: 'map', over: '', step: agent, maxItems: 2, join: { quorum: 3 } }),
    'root.join.quorum: asks for 3 successes of 2 items',
  ),
  bad(
    'an unknown required branch',
    teamOf({ kind: 'parallel', branches, join: { bestEffort: { required: ['c'] } } }),
    'root.join.bestEffort.required[0]: names the unknown branch "c"',
  ),
  bad(
    'a weight for an unknown branch',
    teamOf({ kind: 'parallel', branches, merge: { weigh: { weights: { c: 2 } } } }),
    'root.merge.weigh.weights.c: names the unknown branch "c"',
  ),
  bad(
    'a weight for an unknown voter',
    teamOf({ kind: 'vote', voters: branches, rule: { weighted: { a: 1, c: 2 } } }),
    'root.rule.weighted.c: names the unknown voter "c"',
  ),
  bad(
    'a reviewer whose own output contract has no verdict',
    teamOf(
      { kind: 'refine', draft: agent, review: { kind: 'agent', agent: 'critic' } },
      {
        agents: {
          writer: { instructions: 'Write.' },
          critic: {
            instructions: 'Review.',
            output: {
              type: 'object',
              properties: { passed: { type: 'boolean' }, feedback: { type: 'string' } },
              required: ['feedback'],
            },
          },
        },
      },
    ),
    'agents.critic.output: does not promise passed, which the review of a refine must answer with.',
  ),
  bad(
    'a vote as the reviewer, and branches that are only collected as the judge',
    teamOf({
      kind: 'pipeline',
      steps: [
        { kind: 'refine', draft: agent, review: { kind: 'vote', voters: branches } },
        {
          kind: 'debate',
          proposer: agent,
          critic: agent,
          judge: { kind: 'pipeline', steps: [agent, { kind: 'parallel', branches }] },
        },
      ],
    }),
    'root.steps[0].review: gives no passed, feedback, which the review of a refine must answer with.',
    'root.steps[1].judge: gives no decided, verdict, reasons, dissent, which the judge of a debate must answer with.',
  ),
  bad(
    'a judge that answers with a list',
    teamOf(
      { kind: 'race', branches, judge: 'judge' },
      {
        agents: {
          writer: { instructions: 'Write.' },
          judge: { instructions: 'Judge.', output: { type: 'array' } },
        },
      },
    ),
    'agents.judge.output: does not promise acceptable, reason, which an agent that a race asks must answer with.',
  ),
  bad(
    'a named item of a map',
    teamOf({ kind: 'map', over: '', step: agent, join: { bestEffort: { required: ['c'] } } }),
    'root.join.bestEffort.required[0]: names "c", but the items of a map have no names',
  ),
];
