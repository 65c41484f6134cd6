/** One broken team: what it is broken in, and every mistake that the check must name, as `path: words of the message`. */
export interface BadTeam {
  readonly title: string;
  readonly team: unknown;
  readonly mistakes: readonly string[];
}

export const writer = { instructions: 'Write.' };
export const agent = { kind: 'agent', agent: 'writer' };

/** A team of one root step, with whatever else the case needs. */
export function teamOf(root: unknown, rest: Readonly<Record<string, unknown>> = {}) {
  return { name: 't', agents: { writer }, root, ...rest };
}

export function bad(title: string, team: unknown, ...mistakes: readonly string[]): BadTeam {
  return { title, team, mistakes };
}

export const branches = { a: agent, b: agent };
export const task = (id: string, ...requires: readonly string[]) => ({ id, step: agent, requires });
export const agentWith = (more: Readonly<Record<string, unknown>>) =>
  teamOf(agent, { agents: { writer: { ...writer, ...more } } });
