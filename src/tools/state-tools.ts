import { z } from 'zod';
import type { Json } from '../contract/json';
import { currentEntry, type SharedState, type StateKey, type StateScope } from '../contract/run/shared-state';
import { milliseconds } from '../contract/team/duration';
import { durationSchema } from '../contract/team/duration-schema';
import { definitionPath } from '../contract/team/step-path';
import { defineTool } from './define-tool';
import type { Tool, ToolContext } from './tool';

const scopeSchema = z
  .enum(['run', 'member', 'session'])
  .default('run')
  .describe(
    'Who shares it: everybody in this run, only yourself in later rounds, or all runs of this session.',
  );
const keySchema = z.string().min(1).max(200);

export interface StateToolsOptions {
  /** The session that a call belongs to. Default: its run, which then is the session. */
  readonly sessionOf?: (context: ToolContext) => string;
}

/**
 * `get_state` and `put_state` over the state that the steps of a run share, for agents and for `tool` steps. A value stays
 * until its time to live is over; every value that a key has had is kept. A put that a crash repeats counts once.
 */
export function stateTools(state: SharedState, options: StateToolsOptions = {}): readonly Tool[] {
  const { sessionOf = ({ runId }) => runId } = options;
  const at = (scope: StateScope, key: string, context: ToolContext): StateKey => ({
    scope,
    key,
    owner: { run: context.runId, session: sessionOf(context), member: memberOf(context) }[scope],
  });
  return [
    defineTool({
      name: 'get_state',
      description:
        'Reads what has been put under keys: the value of each, null where there is none, or every value that it has had.',
      input: z.object({
        keys: z.array(keySchema).min(1).max(50),
        scope: scopeSchema,
        history: z.boolean().default(false).describe('Gives every value of each key, the oldest first.'),
      }),
      effect: 'read',
      repeat: 'safe',
      run: async ({ keys, scope, history }, context) => {
        const now = Date.now();
        const found = await Promise.all(
          keys.map(async (key) => {
            const entries = await state.history(at(scope, key, context));
            const shown = history ? entries : (currentEntry(entries, now)?.value ?? null);
            return [key, shown as unknown as Json] as const;
          }),
        );
        return Object.fromEntries(found);
      },
    }),
    defineTool({
      name: 'put_state',
      description:
        'Puts a value under a key, for others to read. The values before it stay in the history of the key.',
      input: z.object({
        key: keySchema,
        value: z.json(),
        scope: scopeSchema,
        timeToLive: durationSchema
          .optional()
          .describe('How long it counts, such as "10m". Without it: for good.'),
      }),
      effect: 'write',
      repeat: 'keyed',
      run: async ({ key, value, scope, timeToLive }, context) => {
        const now = Date.now();
        const entry = {
          value,
          at: now,
          by: context.path,
          ...(timeToLive === undefined ? {} : { expiresAt: now + milliseconds(timeToLive) }),
        };
        await state.put(at(scope, key, context), entry, context.idempotencyKey);
        return { put: key };
      },
    }),
  ];
}

/** A place in the team, the same in every round. */
function memberOf({ runId, path }: ToolContext): string {
  return `${runId}/${definitionPath(path)}`;
}
