/** One broken team: what it is broken in, and every mistake that the check must name, as `path: words of the message`. */
export interface BadTeam {
  readonly title: string;
  readonly team: unknown;
  readonly mistakes: readonly string[];
}

const writer = { instructions: 'Write.' };
const agent = { kind: 'agent', agent: 'writer' };

/** A team of one root step, with whatever else the case needs. */
export function teamOf(root: unknown, rest: Readonly<Record<string, unknown>> = {}) {
  return { name: 't', agents: { writer }, root, ...rest };
}

function bad(title: string, team: unknown, ...mistakes: readonly string[]): BadTeam {
  return { title, team, mistakes };
}

const branches = { a: agent, b: agent };
const task = (id: string, ...requires: readonly string[]) => ({ id, step: agent, requires });
const agentWith = (more: Readonly<Record<string, unknown>>) =>
  teamOf(agent, { agents: { writer: { ...writer, ...more } } });
const write = { kind: 'tool', tool: 'publish' };
const silent = { kind: 'approve', question: 'ok?', whenUnanswered: 'approve' };

export const BAD_FORMS: readonly BadTeam[] = [
  bad('a number', 7, ': must be an object'),
  bad('nothing', undefined, ': is no JSON value but of type undefined'),
  bad(
    'no name and no root',
    { agents: {} },
    'name: is missing: must be text',
    'root: is missing: must be an object',
  ),
  bad('an unknown field', teamOf(agent, { agnets: {} }), 'agnets: is no field here. Did you mean "agents"?'),
  bad(
    'a mistyped kind',
    teamOf({ ...agent, kind: 'agnet' }),
    'root.kind: "agnet" is unknown. Did you mean "agent"? It must be one of: agent, tool, pipeline',
  ),
  bad('no kind', teamOf({ agent: 'writer' }), 'root.kind: is missing: must be one of: agent, tool'),
  bad(
    'a field of another kind',
    teamOf({ kind: 'pipeline', step: [agent], steps: [agent] }),
    'root.step: is no field here. Did you mean "steps"? The fields are: kind, steps',
  ),
  bad(
    'a step that is a name',
    teamOf({ kind: 'pipeline', steps: [agent, 'writer'] }),
    'root.steps[1]: must be an object',
  ),
  bad('an empty pipeline', teamOf({ kind: 'pipeline', steps: [] }), 'root.steps: must hold at least 1 item'),
  bad('no branches', teamOf({ kind: 'parallel', branches: {} }), 'root.branches: must hold at least one'),
  bad(
    'a branch name with a slash',
    teamOf({ kind: 'parallel', branches: { 'a/b': agent } }),
    'root.branches["a/b"]: has a name that must start with a letter',
  ),
  bad(
    'an unknown join',
    teamOf({ kind: 'parallel', branches, join: 'most' }),
    'root.join: must be "all", "any", { quorum: number }',
  ),
  bad(
    'a quorum of none',
    teamOf({ kind: 'parallel', branches, join: { quorum: 0 } }),
    'root.join.quorum: must be at least 1',
  ),
  bad(
    'a share above one',
    teamOf({ kind: 'parallel', branches, join: { bestEffort: { atLeast: 80 } } }),
    'root.join.bestEffort.atLeast: must be at most 1',
  ),
  bad(
    'an unknown merge',
    teamOf({ kind: 'parallel', branches, merge: { dedupe: {} } }),
    'root.merge: must be "collect", "concatenate"',
  ),
  bad(
    'a pointer without its slash',
    teamOf({ kind: 'map', over: 'items', step: agent }),
    'root.over: is no JSON pointer',
  ),
  bad('a duration in words', teamOf({ ...agent, timeout: 'soon' }), 'root.timeout: is no duration'),
  bad('a duration of nothing', teamOf({ ...agent, timeout: 0 }), 'root.timeout: must be more than 0'),
  bad('a duration that is a list', teamOf({ ...agent, timeout: [] }), 'root.timeout: must be a duration'),
  bad(
    'retries without end',
    teamOf({ ...agent, retry: { attempts: 99 } }),
    'root.retry.attempts: must be at most 10',
  ),
  bad(
    'half a try',
    teamOf({ ...agent, retry: { attempts: 1.5 } }),
    'root.retry.attempts: must be a whole number',
  ),
  bad(
    'an unknown end',
    teamOf({ ...agent, onFailure: 'ignore' }),
    'root.onFailure: must be "fail", "skip", "escalate" or { fallback: step }',
  ),
  bad(
    'a broken fallback',
    teamOf({ ...agent, onFailure: { fallback: { kind: 'tool' } } }),
    'root.onFailure.fallback.tool: is missing: must be text',
  ),
  bad(
    'a predicate with a mistyped test',
    teamOf({ ...agent, stopWhen: { at: '/x', equal: 1 } }),
    'root.stopWhen: must be { at, equals }, { at, atLeast }',
  ),
  bad(
    'a predicate with a wrong bound',
    teamOf({ ...agent, stopWhen: { at: '/x', atLeast: 'high' } }),
    'root.stopWhen.atLeast: must be a number',
  ),
  bad(
    'a pattern that is none',
    teamOf({ ...agent, stopWhen: { at: '/x', matches: '(' } }),
    'root.stopWhen.matches: is no regular expression',
  ),
  bad(
    'an unknown default of silence',
    teamOf({ ...silent, whenUnanswered: 'allow' }),
    'root.whenUnanswered: "allow" is unknown. It must be one of: deny, approve, fail',
  ),
  bad(
    'an unknown classifier',
    teamOf({ kind: 'route', by: [{ by: 'agnet', agent: 'writer' }], routes: branches, fallback: agent }),
    'root.by[0].by: "agnet" is unknown. Did you mean "agent"?',
  ),
  bad(
    'a voting rule that is none',
    teamOf({ kind: 'vote', voters: branches, rule: 'most' }),
    'root.rule: must be "majority"',
  ),
  bad(
    'a tie break that is none',
    teamOf({ kind: 'vote', voters: branches, tieBreak: 'coin' }),
    'root.tieBreak: must be "escalate" or a step',
  ),
  bad(
    'an agent without instructions',
    teamOf(agent, { agents: { writer: { tools: [] } } }),
    'agents.writer.instructions: is missing: must be text',
  ),
  bad(
    'an agent of an unknown tier',
    agentWith({ tier: 'big' }),
    'agents.writer.tier: "big" is unknown. It must be one of: heavy, medium, light',
  ),
  bad(
    'a mistyped limit',
    agentWith({ limits: { maxTurn: 3 } }),
    'agents.writer.limits.maxTurn: is no field here. Did you mean "maxTurns"?',
  ),
  bad(
    'a limit of too much',
    agentWith({ limits: { maxTurns: 5000 } }),
    'agents.writer.limits.maxTurns: must be at most 1000',
  ),
  bad(
    'a mistake in a sub-team',
    teamOf(agent, { teams: { sub: { name: 'sub', root: { kind: 'emit' } } } }),
    'teams.sub.root.event: is missing: must be text',
  ),
  bad('a date', teamOf(agent, { description: new Date(0) }), 'description: is no JSON value but a Date'),
  bad(
    'a number without end',
    teamOf({ ...agent, budget: Number.POSITIVE_INFINITY }),
    'root.budget: is no JSON value but Infinity',
  ),
];

const KNOWN: readonly BadTeam[] = [
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
    'a named item of a map',
    teamOf({ kind: 'map', over: '', step: agent, join: { bestEffort: { required: ['c'] } } }),
    'root.join.bestEffort.required[0]: names "c", but the items of a map have no names',
  ),
  bad(
    'an unknown role',
    { ...agentWith({ role: 'edtor' }), roles: { editor: [] } },
    'agents.writer.role: names the unknown role "edtor". Did you mean "editor"?',
  ),
  bad(
    'a write tool outside its role',
    { ...agentWith({ role: 'reader', tools: ['search', 'publish'] }), roles: { reader: ['search'] } },
    'agents.writer.tools[1]: is the write tool "publish", which the role "reader" does not grant',
  ),
  bad(
    'a role with an unknown tool',
    teamOf(agent, { roles: { reader: ['serch'] } }),
    'roles.reader[0]: names the unknown tool "serch"',
  ),
  bad(
    'a packed agent that writes',
    agentWith({ mode: 'packed', tools: ['publish'] }),
    'agents.writer.tools[0]: is no safe read ("publish": write, repeat never)',
  ),
  bad(
    'a packed agent whose reads cost',
    agentWith({ mode: 'packed', tools: ['quote'] }),
    'agents.writer.tools[0]: is no safe read ("quote": read, repeat keyed)',
  ),
  bad(
    'a packed supervisor',
    {
      ...agentWith({ mode: 'packed' }),
      root: { kind: 'supervise', supervisor: 'writer', workers: branches },
    },
    'root.supervisor: names "writer", which is packed',
  ),
  bad(
    'a supervisor of one turn',
    {
      ...agentWith({ limits: { maxTurns: 1 } }),
      root: { kind: 'supervise', supervisor: 'writer', workers: branches },
    },
    'root.supervisor: names "writer", which has one turn',
  ),
  bad(
    'a supervisor without tool calls',
    {
      ...agentWith({ limits: { maxToolCalls: 0 } }),
      root: { kind: 'supervise', supervisor: 'writer', workers: branches },
    },
    'root.supervisor: names "writer", which may call no tool',
  ),
  bad(
    'a worker named as a tool',
    {
      ...agentWith({ tools: ['search'] }),
      root: { kind: 'supervise', supervisor: 'writer', workers: { search: agent } },
    },
    'root.workers.search: has the name of a tool of the supervisor',
  ),
  bad(
    'a reply larger than all replies',
    agentWith({ limits: { maxTokens: 100, maxOutputTokens: 200 } }),
    'agents.writer.limits.maxOutputTokens: is more than maxTokens (100)',
  ),
  bad(
    'an output of no type',
    agentWith({ output: { type: 'text' } }),
    'agents.writer.output.type: "text" is no type of JSON',
  ),
  bad(
    'an output with broken parts',
    agentWith({
      output: { type: 'object', properties: { a: 3, b: { enum: [] }, c: { pattern: '(' } }, required: 'a' },
    }),
    'agents.writer.output.properties.a: must be a JSON Schema',
    'agents.writer.output.properties.b.enum: must be a list of at least one',
    'agents.writer.output.properties.c.pattern: is no regular',
    'agents.writer.output.required: must be a list of property names',
  ),
  bad(
    'an output that refers to nothing',
    agentWith({ output: { $ref: '#/$defs/item' } }),
    'agents.writer.output.$ref: "#/$defs/item" leads nowhere',
  ),
  bad(
    'silence that publishes what it guards',
    teamOf({ ...silent, guards: write }),
    'root.whenUnanswered: is approve, but what it lets through writes (publish)',
  ),
  bad(
    'silence that publishes later in the pipeline',
    teamOf({ kind: 'pipeline', steps: [silent, agent, write] }),
    'root.steps[0].whenUnanswered: is approve',
  ),
  bad(
    'silence that publishes after an inner pipeline',
    teamOf({ kind: 'pipeline', steps: [{ kind: 'pipeline', steps: [agent, silent] }, write] }),
    'root.steps[0].steps[1].whenUnanswered: is approve',
  ),
  bad(
    'silence that lets an agent publish',
    { ...agentWith({ tools: ['publish'] }), root: { kind: 'pipeline', steps: [silent, agent] } },
    'root.steps[0].whenUnanswered: is approve',
  ),
  bad(
    'silence that publishes in a sub-team',
    teamOf(
      { kind: 'pipeline', steps: [silent, { kind: 'team', team: 'sub' }] },
      { teams: { sub: { name: 'sub', root: write } } },
    ),
    'root.steps[0].whenUnanswered: is approve',
  ),
  bad(
    'silence that publishes a dependent task',
    teamOf({
      kind: 'dag',
      tasks: [
        { id: 'a', step: silent },
        { id: 'b', step: agent, requires: ['a'] },
        { id: 'c', step: write, requires: ['b'] },
      ],
    }),
    'root.tasks[0].step.whenUnanswered: is approve',
  ),
  bad(
    'a plan that silence approves',
    teamOf({
      kind: 'dag',
      planner: 'writer',
      workers: { w: write },
      approvePlan: { whenUnanswered: 'approve' },
    }),
    'root.approvePlan.whenUnanswered: is approve',
  ),
  bad(
    'an escalation after the deadline',
    teamOf({
      kind: 'approve',
      question: 'ok?',
      deadline: '1h',
      escalate: [
        { after: '30m', to: ['ann'] },
        { after: '2h', to: ['bob'] },
      ],
    }),
    'root.escalate[1].after: is 2h, which is not before the deadline (1h)',
  ),
  bad(
    'sub-teams that lead to each other',
    teamOf(
      { kind: 'team', team: 'a' },
      {
        teams: {
          a: { name: 'a', root: { kind: 'team', team: 'b' } },
          b: { name: 'b', root: { kind: 'team', team: 'a' } },
        },
      },
    ),
    'teams.b.root.team: leads back to itself: a → b → a.',
  ),
  bad(
    'one name for two sub-teams',
    teamOf(
      { kind: 'team', team: 'a' },
      {
        teams: {
          a: {
            name: 'a',
            root: { kind: 'emit', event: 'x' },
            teams: { b: { name: 'b', root: { kind: 'emit', event: 'y' } } },
          },
          b: { name: 'b', root: { kind: 'emit', event: 'z' } },
        },
      },
    ),
    'teams.b: has the name of another sub-team',
  ),
  bad(
    'a map of a million events',
    teamOf({ kind: 'map', over: '', step: agent, maxItems: 100_000 }),
    'root: could write 1200008 events into one history',
  ),
];

export const BAD_MEANINGS: readonly BadTeam[] = KNOWN;

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
