export { agentRegistry } from './agent-registry';
export { runSubtree } from './run-subtree';
export { runTeam } from './run-team';
export { session } from './session';
