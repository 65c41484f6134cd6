import { agent, agentWith, type BadTeam, bad, branches, teamOf } from './bad-team';

const write = { kind: 'tool', tool: 'publish' };
const silent = { kind: 'approve', question: 'ok?', whenUnanswered: 'approve' };

export const BAD_GRANTS: readonly BadTeam[] = [
  bad(
    'a budget that the team has not',
    teamOf({ ...agent, budget: 'reserch' }, { budgets: { research: { maxTokens: 1000 } } }),
    'root.budget: names the unknown budget "reserch". Did you mean "research"? The budgets are: research.',
  ),
  bad(
    'a rule on tiers that names no capability of the team',
    { ...agentWith({ capabilities: ['research'] }), tiers: [{ capability: 'reserch', tier: 'heavy' }] },
    'tiers[0].capability: names "reserch", which no agent has. Did you mean "research"?',
  ),
  bad(
    'a rule on tiers behind one that covers it',
    teamOf(agent, { tiers: [{ tier: 'light' }, { kind: 'agent', tier: 'heavy' }] }),
    'tiers[1]: never decides: rule 0 before it covers all that it does.',
  ),
  bad(
    'a like task for an agent with tools',
    agentWith({ tools: ['search'], cache: { ttl: '1h', likeness: 0.9 } }),
    'agents.writer.cache.likeness: is for agents without tools',
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
    'a history of half a million events',
    teamOf({
      kind: 'parallel',
      retry: { attempts: 10 },
      branches: Object.fromEntries(Array.from({ length: 4500 }, (_, index) => [`b${index}`, agent])),
    }),
    'root: could write 540080 events into one history',
  ),
];
