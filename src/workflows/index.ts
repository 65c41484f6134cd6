export { agentRegistry } from './agent-registry';

export { pool } from './pool';

export { runSubtree } from './run-subtree';
export { runTeam } from './run-team';
export { session } from './session';
