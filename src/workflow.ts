/** Baton's workflows, for a bundle that registers workflows of your own beside them. May be imported from sandboxed code. */
export { runSubtree } from './workflows/run-subtree';
export { runTeam } from './workflows/run-team';
