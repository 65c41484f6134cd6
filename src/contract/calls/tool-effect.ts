/** Does a tool change the world outside? */
export type ToolEffect = 'read' | 'write';

/**
 * What a second call of the same tool with the same arguments does. `safe`: nothing new. `keyed`: the callee dedupes on
 * the idempotency key. `never`: it would happen twice, so an intent is written first and a lost result goes to a person.
 */
export type ToolRepeat = 'safe' | 'keyed' | 'never';

/**
 * Who may have written what a tool returns. `untrusted`: anybody; once it is in an agent's context, the policy is told so.
 * `trusted`: the tool's author vouches that nobody but the team's own people and programs has written any of it.
 */
export type ToolTrust = 'trusted' | 'untrusted';
