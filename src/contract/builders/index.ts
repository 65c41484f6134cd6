export { agent, capability, registered } from './agent';
export { Built, type Part } from './built';
export { dag, pipeline, refine, saga } from './in-order';
export { approve, checkpoint, emit, on, subteam, tool } from './leaves';
export { map, parallel, race, vote } from './side-by-side';
export { defineTeam, team } from './team';
export { debate, peers, route, supervise } from './teamwork';
