import { agent, agentWith, type BadTeam, bad, branches, teamOf } from './bad-team';

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
